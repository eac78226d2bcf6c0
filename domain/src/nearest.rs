//! Which name was meant by one that does not exist.

/// The name most like this one in whatever case, if one is alike.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let likeness = |other: &str| strsim::jaro_winkler(&name, &other.to_lowercase());
    known.into_iter().filter(|other| likeness(other) > 0.8).max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_anything_else_is_not() {
        let known = ["status", "stuck", "package"];
        assert_eq!(nearest("statsu", known), Some("status"));
        assert_eq!(nearest("pakage", known), Some("package"));
        assert_eq!(nearest("zebra", known), None);
        assert_eq!(nearest("NORTHWIND", ["Acme", "Northwind"]), Some("Northwind"));
    }
}
