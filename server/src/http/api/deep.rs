//! Where a body is nested deeper than anybody reads. A reader of JSON stops there and says of the whole that it is none; its sender
//! has to look for what it may not even have written by itself.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// How many names of a way are told.
const TOLD: usize = 5;

/// The members, by their names, that lead to where a JSON text is nested too deep, `mobile.labels[2]`; nothing, if that is not what is wrong with it.
pub(super) fn way(text: &[u8]) -> Option<String> {
    let mut steps = Vec::new();
    let failed = Way(&mut steps).deserialize(&mut serde_json::Deserializer::from_slice(text)).err()?;
    // The reader has no other word for it.
    if !failed.to_string().starts_with("recursion limit exceeded") {
        return None;
    }
    // What is no object at all has no member to blame.
    steps.first().filter(|step| step.starts_with('.'))?;
    let told = steps.iter().take(TOLD).map(String::as_str).collect::<String>();
    let more = if steps.len() > TOLD { "…" } else { "" };
    Some(format!("{}{more}", told.trim_start_matches('.')))
}

/// Goes through a text and remembers the way to where it is.
struct Way<'a>(&'a mut Vec<String>);

impl<'de> DeserializeSeed<'de> for Way<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, text: D) -> Result<(), D::Error> {
        text.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Way<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for at in 0.. {
            self.0.push(format!("[{at}]"));
            if items.next_element_seed(Way(self.0))?.is_none() {
                break;
            }
            self.0.pop();
        }
        self.0.pop();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            self.0.push(format!(".{name}"));
            members.next_value_seed(Way(self.0))?;
            self.0.pop();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(open: &str, close: &str) -> String {
        format!("{}1{}", open.repeat(200), close.repeat(200))
    }

    #[test]
    fn the_way_leads_there_and_only_there() {
        let text = format!(r#"{{"a":[1,{{"b":[]}}],"user":{{"labels":[true,null,{}]}}}}"#, nested("[", "]"));
        assert_eq!(way(text.as_bytes()).as_deref(), Some("user.labels[2][0][0]…"));
        let text = format!(r#"{{"meta":{}}}"#, nested(r#"{"x":"#, "}"));
        assert_eq!(way(text.as_bytes()).as_deref(), Some("meta.x.x.x.x…"));
        for other in ["", "{", "[1,2", r#"{"a":}"#, r#"{"a":1}"#, &nested("[", "]"), "{\"a\":\"\u{0}\"}"] {
            assert_eq!(way(other.as_bytes()), None, "{other}");
        }
    }
}
