//! `switchyard keys`: what clients must show, and what each of them may ask for.

use clap::{Args, Subcommand};
use http::Method;
use switchyard_engine::Config;
use switchyard_types::{CreatedKey, KeyView, NewKey, Rule, RuleBody, RuleOf, Status};

use crate::ask::call;
use crate::routing::print;
use crate::words::{say, span};

/// What `switchyard keys` is told.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a key; its text is printed once and never again
    Add(Add),
    /// Revoke a key at once
    Remove {
        /// The key's id or name
        key: String,
    },
}

/// What `switchyard keys add` is told.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// What it is for: usually a tool's name
    name: String,
    /// Whatever is asked for with it, this combo answers
    #[arg(long)]
    combo: Option<String>,
    /// A model that may be asked for with it, with at most one star; may be given several times [default: all]
    #[arg(long = "model", value_name = "PATTERN")]
    models: Vec<String>,
    /// How many requests it may make in a minute
    #[arg(long, value_name = "REQUESTS")]
    per_minute: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Carries out `switchyard keys`.
pub(crate) async fn keys(config: &Config, what: Option<Keys>, json: bool) -> anyhow::Result<()> {
    match what {
        None => list(config, json).await,
        Some(Keys::Add(asked)) => add(config, asked).await,
        Some(Keys::Remove { key }) => remove(config, &key).await,
    }
}

async fn list(config: &Config, json: bool) -> anyhow::Result<()> {
    let keys: Vec<KeyView> = call(config, Method::GET, "/api/keys", None::<&()>).await?;
    if json {
        return print(&keys);
    }
    let rules: Vec<Rule> = call(config, Method::GET, "/api/rules", None::<&()>).await?;
    let status: Status = call(config, Method::GET, "/api/status", None::<&()>).await?;
    for key in &keys {
        let used = key.last_used_at.map_or_else(
            || "never used".to_owned(),
            |at| format!("used {} ago", span(status.now - at)),
        );
        let of = RuleOf::Client { key: key.id.clone() };
        let bound = rules.iter().find(|rule| rule.of == of).map_or_else(String::new, scope);
        say(&format!("{}  {}  {}, {used}{bound}", key.id, key.hint, key.name));
    }
    if !status.keys_required {
        say("Clients of this machine need no key.");
    }
    Ok(())
}

/// What a key may ask for, as the rest of a line.
fn scope(rule: &Rule) -> String {
    let combo = rule.combo.iter().map(|combo| format!("answered by {combo}"));
    let models = (!rule.models.is_empty()).then(|| format!("only {}", rule.models.join(" ")));
    let rate = rule.per_minute.map(|count| format!("{count} a minute"));
    let mapped = rule.mapping.iter().map(|(from, to)| format!("{from} means {to}"));
    let parts = [String::new()].into_iter().chain(combo).chain(models).chain(rate).chain(mapped);
    parts.collect::<Vec<_>>().join(", ")
}

async fn add(config: &Config, asked: Add) -> anyhow::Result<()> {
    let Add { name, combo, models, per_minute, json } = asked;
    let rule = RuleBody { combo, models, per_minute, ..RuleBody::default() };
    let rule = (rule != RuleBody::default()).then_some(rule);
    let new = NewKey { name, rule };
    let made: CreatedKey = call(config, Method::POST, "/api/keys", Some(&new)).await?;
    if json {
        return print(&made);
    }
    say(&made.text);
    Ok(())
}

async fn remove(config: &Config, wanted: &str) -> anyhow::Result<()> {
    let keys: Vec<KeyView> = call(config, Method::GET, "/api/keys", None::<&()>).await?;
    let Some(key) = keys.iter().find(|key| key.id.as_str() == wanted || key.name == wanted) else {
        let names: Vec<&str> = keys.iter().map(|key| key.name.as_str()).collect();
        anyhow::bail!("no key is {wanted:?}; there are {}", names.join(", "));
    };
    let path = format!("/api/keys/{}", key.id);
    let _done: serde_json::Value = call(config, Method::DELETE, &path, None::<&()>).await?;
    say(&format!("{} is refused from now on.", key.name));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_told_in_words() {
        let rule = RuleBody {
            combo: Some("daily".to_owned()),
            models: vec!["glm/*".to_owned(), "auto".to_owned()],
            mapping: vec![("opus".to_owned(), "daily".to_owned())],
            per_minute: Some(5),
        };
        let of = RuleOf::Path { name: "x".to_owned() };
        assert_eq!(
            scope(&Rule::new(of.clone(), rule)),
            ", answered by daily, only glm/* auto, 5 a minute, opus means daily"
        );
        assert_eq!(scope(&Rule::new(of, RuleBody::default())), "");
    }
}
