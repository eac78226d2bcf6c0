//! What is pasted into the column of addresses: one address, or a part of a spreadsheet.

/// A line of what was pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The address, or what stands in its place.
    address: String,
    /// What else stands on the line: whose address it is, perhaps.
    whose: Vec<String>,
}

/// A row of the page, in its order.
pub(super) struct Place {
    /// By what a spreadsheet may name them: BroadWorks ID, name, number.
    pub(super) names: Vec<String>,
    /// Whether there is a field.
    pub(super) takes_address: bool,
}

/// Where everything goes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filled {
    /// Addresses, each with its place on the page.
    pub(super) addresses: Vec<(usize, String)>,
    /// How many found no place.
    pub(super) left: usize,
}

/// Several lines, or cells beside each other; nothing if it is a single value, which goes where the cursor is.
pub(super) fn lines(pasted: &str) -> Option<Vec<Line>> {
    let text = pasted.trim_end_matches(['\r', '\n']);
    if !text.contains(['\n', '\r', '\t']) {
        return None;
    }
    Some(text.replace("\r\n", "\n").split(['\n', '\r']).map(line).collect())
}

fn line(text: &str) -> Line {
    let mut cells: Vec<String> = text.split('\t').map(cell).collect();
    // A BroadWorks ID looks like an address too: the address stands behind it.
    let at = cells.iter().rposition(|cell| cell.contains('@')).unwrap_or(cells.len() - 1);
    let address = cells.remove(at);
    Line { address, whose: cells.into_iter().filter(|cell| !cell.is_empty()).collect() }
}

/// As spreadsheets put it on the clipboard: in quotation marks, if there is something special in it.
fn cell(text: &str) -> String {
    let text = text.trim();
    let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inside.map_or_else(|| text.to_owned(), |inside| inside.replace("\"\"", "\"").trim().to_owned())
}

/// Lines that name somebody go to them; if none does, they go downwards from `from`, a line to a row. An empty line leaves its row
/// as it is.
pub(super) fn fill(lines: Vec<Line>, places: &[Place], from: usize) -> Filled {
    let named = |line: &Line| {
        places.iter().position(|place| {
            let is = |name: &String, whose: &String| name.trim().to_lowercase() == whose.to_lowercase();
            line.whose.iter().any(|whose| place.names.iter().any(|name| is(name, whose)))
        })
    };
    let any_named = lines.iter().any(|line| named(line).is_some());
    let mut filled = Filled::default();
    for (at, line) in lines.into_iter().enumerate() {
        if line.address.is_empty() {
            continue;
        }
        let place = if any_named { named(&line) } else { Some(from + at) };
        match place.filter(|at| places.get(*at).is_some_and(|place| place.takes_address)) {
            Some(at) => filled.addresses.push((at, line.address)),
            None => filled.left += 1,
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Vec<Place> {
        let place = |id: &str, takes_address| Place {
            names: vec![format!("{id}@sp.com"), format!("{} Lee", id.to_uppercase())],
            takes_address,
        };
        vec![place("a", true), place("b", false), place("c", true), place("d", true)]
    }

    fn filled(pasted: &str, from: usize) -> (Vec<String>, usize) {
        let Filled { addresses, left } = fill(lines(pasted).unwrap(), &places(), from);
        (addresses.into_iter().map(|(at, address)| format!("{}:{address}", ["a", "b", "c", "d"][at])).collect(), left)
    }

    #[test]
    fn one_address_is_no_column() {
        for single in ["", "ann@acme.com", "ann@acme.com\r\n", "Ann Lee <ann@acme.com>"] {
            assert_eq!(lines(single), None, "{single:?}");
        }
    }

    #[test]
    fn a_column_fills_downwards_a_line_to_a_row() {
        assert_eq!(filled("1@x.com\r\n2@x.com\r\n3@x.com\r\n", 0), (vec!["a:1@x.com".into(), "c:3@x.com".into()], 1));
        assert_eq!(filled("1@x.com\n\n\"3@x.com\"", 1), (vec!["d:3@x.com".into()], 1), "b takes none, c stays");
        assert_eq!(filled("1@x.com\n2@x.com", 3), (vec!["d:1@x.com".into()], 1), "below the last row is nobody");
        assert_eq!(filled("nonsense\n2@x.com", 2), (vec!["c:nonsense".into(), "d:2@x.com".into()], 0), "is kept");
    }

    #[test]
    fn whoever_is_named_beside_an_address_gets_it() {
        let pasted = "D Lee\td@x.com\nC@SP.COM\tc@x.com\nNobody\tn@x.com";
        assert_eq!(filled(pasted, 0), (vec!["d:d@x.com".into(), "c:c@x.com".into()], 1));
        assert_eq!(filled("Somebody\t1@x.com\nElse\t2@x.com", 2), (vec!["c:1@x.com".into(), "d:2@x.com".into()], 0));
    }
}
