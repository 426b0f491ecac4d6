//! Tool names and tool ids that are legal for the dialect they go to.

use std::collections::HashSet;

/// The longest tool name that every vendor takes.
const LONGEST: usize = 64;

/// Tool names as the client knows them, and as they went to the vendor.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Vec<(String, String)>);

fn is_legal(byte: char) -> bool {
    byte.is_ascii_alphanumeric() || byte == '_' || byte == '-'
}

/// Gemini's names begin with a letter or an underscore (ai.google.dev, `FunctionDeclaration`).
fn begins_well(name: &str) -> bool {
    cleaned(name).starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

fn cleaned(name: &str) -> String {
    name.chars().map(|letter| if is_legal(letter) { letter } else { '_' }).collect()
}

/// FNV-1a: a changed name must be the same in each request, or the vendor's prompt cache is lost.
fn mark(name: &str) -> String {
    let hash = name
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("_{hash:08x}")
}

impl Names {
    /// Takes up all names of a request; those that are legal stay as they are.
    pub(crate) fn of<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Self {
        let fits = |name: &str| {
            (1..=LONGEST).contains(&name.len()) && name.chars().all(is_legal) && begins_well(name)
        };
        let mut taken: HashSet<String> =
            names.clone().filter(|name| fits(name)).map(str::to_owned).collect();
        let mut changed: Vec<(String, String)> = Vec::new();
        for name in names.filter(|name| !fits(name)) {
            if changed.iter().any(|(known, _)| known == name) {
                continue;
            }
            let mark = mark(name);
            let mut legal = if begins_well(name) { String::new() } else { "_".to_owned() };
            legal.extend(cleaned(name).chars().take(LONGEST - mark.len() - legal.len()));
            legal.push_str(&mark);
            let mut count = 0;
            let mut unique = legal.clone();
            while !taken.insert(unique.clone()) {
                count += 1;
                unique = format!("{}_{count}", legal.chars().take(LONGEST - 8).collect::<String>());
            }
            changed.push((name.to_owned(), unique));
        }
        Self(changed)
    }

    /// The name that the vendor gets.
    pub(crate) fn legal<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.iter().find(|(client, _)| client == name).map_or(name, |(_, legal)| legal)
    }

    /// The name that the client knows.
    pub(crate) fn original<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.iter().find(|(_, legal)| legal == name).map_or(name, |(client, _)| client)
    }
}

/// Gives out tool ids that are legal everywhere and stand only once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    used: HashSet<String>,
}

impl Ids {
    /// The id itself if it is legal and new, otherwise one made from it.
    pub(crate) fn take(&mut self, id: &str) -> String {
        let clean = cleaned(id);
        let clean = if clean.is_empty() { "call".to_owned() } else { clean };
        // Responses takes no longer id (platform.openai.com, "Function calling"), nor do some imitators of Chat.
        let clean = if clean.len() > LONGEST {
            let head: String = clean.chars().take(LONGEST - 16).collect();
            head + &mark(id)
        } else {
            clean
        };
        let mut unique = clean.clone();
        let mut count = 1;
        while !self.used.insert(unique.clone()) {
            count += 1;
            unique = format!("{clean}_{count}");
        }
        unique
    }

    /// An id for a call of the reply `reply`. Ids that are only counters begin anew with each reply, so
    /// the reply's own id makes them unique in the client's history.
    pub(crate) fn take_for(&mut self, id: &str, reply: &str) -> String {
        let tail = id.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let digits = id.len() - tail.len();
        let counted =
            tail.is_empty() || tail.ends_with(|letter: char| !letter.is_ascii_alphanumeric());
        if id.is_empty() || (counted && digits <= 3) {
            let stem = match (id, tail) {
                ("", _) => "call",
                (_, "") => "call_",
                _ => "",
            };
            return self.take(&format!("{stem}{id}_{reply}"));
        }
        self.take(id)
    }
}
