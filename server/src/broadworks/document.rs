//! Xsi documents: whatever their encoding, and however they write their namespace.

use encoding_rs::{Encoding, UTF_8};
use quick_xml::{
    NsReader, Reader,
    events::Event,
    name::{Namespace, ResolveResult},
};
use serde::{Deserialize, de::DeserializeOwned};

/// The namespace of every Xsi document.
pub(super) const NAMESPACE: &str = "http://schema.broadsoft.com/xsi";

/// The text of a document; `charset` is the one in the header of the answer that it came in.
///
/// A byte order mark counts most, as everywhere. Before the header comes what the document declares: whoever wrote it knew,
/// while the header is often a server's default.
pub(super) fn text(document: &[u8], charset: Option<&str>) -> Option<String> {
    let encoding = match Encoding::for_bom(document) {
        Some((encoding, _)) => encoding,
        None => declared(document)
            .or_else(|| Encoding::for_label(charset?.as_bytes()))
            // Nothing that a reader who knows only bytes could have followed.
            .filter(|encoding| encoding.is_ascii_compatible())
            .unwrap_or(UTF_8),
    };
    let (text, _) = encoding.decode_with_bom_removal(document);
    (!text.contains(char::REPLACEMENT_CHARACTER)).then(|| text.into_owned())
}

/// The encoding that the document's first line names.
fn declared(document: &[u8]) -> Option<&'static Encoding> {
    match Reader::from_reader(document).read_event() {
        Ok(Event::Decl(declaration)) => declaration.encoder(),
        _ => None,
    }
}

/// Reads a document whose root is one of these elements of the Xsi namespace.
pub(super) fn read<T: DeserializeOwned>(text: &str, roots: &[&str]) -> Option<T> {
    let root = root(text)?;
    if !roots.contains(&root.as_str()) || has_document_type(text) {
        return None;
    }
    quick_xml::de::from_str(text).ok()
}

/// No Xsi document has one; and where one stands between two texts, quick-xml panics ("cannot be two consequent Text events").
fn has_document_type(text: &str) -> bool {
    text.split("<!").skip(1).any(|rest| rest.starts_with(['D', 'd']))
}

/// The name of the root element, if that is in the Xsi namespace, whatever its prefix.
fn root(text: &str) -> Option<String> {
    let mut reader = NsReader::from_str(text);
    loop {
        let (namespace, element) = match reader.read_resolved_event().ok()? {
            (namespace, Event::Start(element) | Event::Empty(element)) => (namespace, element),
            (_, Event::Eof) => return None,
            // What may stand before the root.
            _ => continue,
        };
        let ours = namespace == ResolveResult::Bound(Namespace(NAMESPACE.as_bytes()));
        return ours.then(|| String::from_utf8_lossy(element.local_name().as_ref()).into_owned());
    }
}

/// What BroadWorks itself says when it does not do what it was asked.
#[derive(Deserialize)]
pub(super) struct ErrorInfo {
    #[serde(rename = "errorCode", default)]
    code: String,
}

impl ErrorInfo {
    /// Reads what BroadWorks says; nothing, if somebody else has spoken.
    pub(super) fn read(text: &str) -> Option<Self> {
        read(text, &["ErrorInfo"])
    }

    /// BroadWorks' own number for it.
    pub(super) fn code(&self) -> Option<u32> {
        self.code.trim().parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_in_every_encoding() {
        let declared = |label: &str| format!(r#"<?xml version="1.0" encoding="{label}"?><a>Чехов</a>"#);
        let utf_16: Vec<u8> = "\u{feff}<a>Чехов</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (cyrillic, ..) = encoding_rs::WINDOWS_1251.encode("<a>Чехов</a>");
        let windows = declared("windows-1251");
        let (declared_cyrillic, ..) = encoding_rs::WINDOWS_1251.encode(&windows);
        for (document, charset) in [
            (&b"<a>\xd0\xa7\xd0\xb5\xd1\x85\xd0\xbe\xd0\xb2</a>"[..], None),
            ("\u{feff}<a>Чехов</a>".as_bytes(), Some("ISO-8859-1")),
            (declared("UTF-8").as_bytes(), Some("ISO-8859-1")),
            (&utf_16, None),
            (&cyrillic, Some("windows-1251")),
            (&declared_cyrillic, None),
            (&declared_cyrillic, Some("UTF-8")),
            ("<a>Чехов</a>".as_bytes(), Some("unheard-of")),
            ("<a>Чехов</a>".as_bytes(), Some("UTF-16")),
        ] {
            let read = text(document, charset).expect("readable");
            assert!(read.ends_with("<a>Чехов</a>"), "{read} ({charset:?})");
        }
        assert_eq!(text(b"<a>\xff</a>", None), None);
    }

    #[test]
    fn a_namespace_may_have_any_prefix_but_no_other_name() {
        for ours in [
            r#"<ErrorInfo xmlns="http://schema.broadsoft.com/xsi"><errorCode>8251</errorCode></ErrorInfo>"#,
            "<?xml version=\"1.0\"?>\n<!-- a remark -->\n<xsi:ErrorInfo xmlns:xsi=\"http://schema.broadsoft.com/xsi\">\
             <xsi:errorCode> 8251 </xsi:errorCode></xsi:ErrorInfo>",
        ] {
            assert_eq!(ErrorInfo::read(ours).expect("ours").code(), Some(8251), "{ours}");
        }
        for foreign in [
            "<ErrorInfo><errorCode>8251</errorCode></ErrorInfo>",
            r#"<ErrorInfo xmlns="urn:other"><errorCode>8251</errorCode></ErrorInfo>"#,
            r#"<Profile xmlns="http://schema.broadsoft.com/xsi"/>"#,
            r#"<x:ErrorInfo xmlns="http://schema.broadsoft.com/xsi"/>"#,
            r#"<ErrorInfo xmlns="http://schema.broadsoft.com/xsi"><errorCode>82<!DOCTYPE a>51</errorCode></ErrorInfo>"#,
            r#"<ErrorInfo xmlns="http://schema.broadsoft.com/xsi"><errorCode>82<!doctype a>51</errorCode></ErrorInfo>"#,
            "<html><body>404</body></html>",
            "",
        ] {
            assert!(ErrorInfo::read(foreign).is_none(), "{foreign}");
        }
    }
}
