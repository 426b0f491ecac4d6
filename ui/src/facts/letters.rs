//! Small and capital letters of the alphabets that names here are written in. The tables of all of Unicode would
//! be a hundredth of the bundle.

/// The small letter of a capital one; anything else as it is.
fn small(letter: char) -> char {
    let code = u32::from(letter);
    let far = match letter {
        '×' => 0,
        'A'..='Z' | 'À'..='Þ' | 'Α'..='Ω' | 'А'..='Я' => 32,
        'Ѐ'..='Џ' => 80,
        'Ĺ'..='Ň' | 'Ź'..='Ž' | 'Ư' => code % 2,
        'Ā'..='į' | 'Ĳ'..='ķ' | 'Ŋ'..='ŷ' | 'Ơ' | 'Ḁ'..='ẕ' | 'Ạ'..='ỿ' => {
            1 - code % 2
        }
        _ => 0,
    };
    char::from_u32(code + far).unwrap_or(letter)
}

/// The capital letter of a small one; anything else as it is.
fn capital(letter: char) -> char {
    let before = |far: u32| u32::from(letter).checked_sub(far).and_then(char::from_u32);
    [1, 32, 80]
        .into_iter()
        .filter_map(before)
        .find(|found| *found != letter && small(*found) == letter)
        .unwrap_or(letter)
}

/// A text in small letters, to look for others in it.
pub(crate) fn in_small(text: &str) -> String {
    text.chars().map(small).collect()
}

/// A text that begins with a capital letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(capital).into_iter().chain(letters).collect()
}

/// Whether a letter is a small one.
pub(crate) fn is_small(letter: char) -> bool {
    capital(letter) != letter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_the_languages_here_change_as_unicode_has_it() {
        let all = "AZaz09_ÀÖ×ØÞßàöøþĀāĐđĨĩĸĹĺŇňŊŨũŸŹźŽžƠơƯưΑΩαωЀЏАЯаяѐџẠạẤấẼẽỸỹ智谱é中";
        for letter in all.chars().filter(|letter| !"Ÿß".contains(*letter)) {
            assert_eq!(small(letter).to_string(), letter.to_lowercase().to_string());
            assert_eq!(capital(letter).to_string(), letter.to_uppercase().to_string(), "{letter}");
            assert_eq!(is_small(letter), letter.to_uppercase().to_string() != letter.to_string());
        }
        assert_eq!(in_small("Đăng Xuất 智 GPT-4"), "đăng xuất 智 gpt-4");
        assert_eq!(capitalised("đăng xuất"), "Đăng xuất");
        assert_eq!(capitalised(""), "");
    }
}
