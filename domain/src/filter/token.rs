//! A filter's text as its parts.

use super::Flaw;

/// A part of a filter.
pub(super) struct Token {
    /// What stands before the first colon that is in no quotation marks.
    pub(super) key: Option<String>,
    /// The rest, without quotation marks.
    pub(super) value: String,
}

/// Every part, in order.
pub(super) fn all(text: &str) -> Result<Vec<Token>, Flaw> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while letters.next_if(|letter| letter.is_whitespace()).is_some() || letters.peek().is_some() {
        let (mut key, mut value, mut quoted, mut began) = (None, String::new(), false, false);
        while let Some(letter) = letters.next_if(|letter| quoted || !letter.is_whitespace()) {
            match letter {
                '"' => (quoted, began) = (!quoted, true),
                '\\' if quoted => value.extend(letters.next()),
                ':' if !quoted && !began && key.is_none() && !value.is_empty() => {
                    key = Some(std::mem::take(&mut value))
                }
                letter => value.push(letter),
            }
        }
        if quoted {
            return Err(Flaw::Unquoted);
        }
        if key.is_some() || !value.is_empty() {
            tokens.push(Token { key, value });
        }
    }
    Ok(tokens)
}

/// A value as it has to be written to be read as itself.
pub(super) fn quoted(value: &str) -> String {
    if !value.is_empty() && !value.contains(|letter: char| letter.is_whitespace() || matches!(letter, ':' | '"' | '\\'))
    {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
