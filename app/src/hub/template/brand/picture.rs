//! The file that is chosen as a logo.

#[cfg(not(feature = "hydrate"))]
use crate::problem::Problem;

/// The id of the field in which it is chosen.
pub(super) const FIELD: &str = "logo_file";

#[cfg(feature = "hydrate")]
pub(super) use browser::Chosen;

/// The server chooses no file.
#[cfg(not(feature = "hydrate"))]
pub(super) struct Chosen;

#[cfg(not(feature = "hydrate"))]
impl Chosen {
    pub(super) fn here() -> Option<Self> {
        None
    }

    pub(super) fn forget() {}

    pub(super) fn name(&self) -> String {
        String::new()
    }

    #[allow(clippy::unused_async, reason = "as in the browser")]
    pub(super) async fn read(self) -> Result<String, Problem> {
        Ok(String::new())
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use domain::Fault;
    use js_sys::Uint8Array;
    use leptos::prelude::document;
    use wasm_bindgen::JsCast as _;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{File, HtmlInputElement};

    use super::FIELD;
    use crate::{hub::model::LARGEST_PICTURE, problem::Problem};

    /// A file that the administrator chose.
    pub(in super::super) struct Chosen(File);

    impl Chosen {
        /// The file in the field.
        pub(in super::super) fn here() -> Option<Self> {
            Some(Self(field()?.files()?.get(0)?))
        }

        /// Empties the field: a browser does not tell when the same file is chosen again, corrected by now.
        pub(in super::super) fn forget() {
            if let Some(field) = field() {
                field.set_value("");
            }
        }

        /// What it is called.
        pub(in super::super) fn name(&self) -> String {
            self.0.name()
        }

        /// What is in it, as base64 for addresses: nothing of that is written otherwise in a form.
        pub(in super::super) async fn read(self) -> Result<String, Problem> {
            if self.0.size() > f64::from(LARGEST_PICTURE) {
                return Err(Fault::LogoTooLarge.into());
            }
            let unread = |_| Problem::from(Fault::LogoUnreadable);
            let bytes = JsFuture::from(self.0.array_buffer()).await.map_err(unread)?;
            Ok(super::base64(&Uint8Array::new(&bytes).to_vec()))
        }
    }

    fn field() -> Option<HtmlInputElement> {
        document().get_element_by_id(FIELD)?.dyn_into().ok()
    }
}

/// Base64 with the alphabet for addresses, without padding (RFC 4648, section 5).
#[cfg(any(feature = "hydrate", test))]
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut written = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let bits = part.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - part.len()));
        for place in 0..=part.len() {
            written.push(char::from(DIGITS[bits >> (18 - 6 * place) & 63]));
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the RFC has them, and what differs between its alphabets.
    #[test]
    fn bytes_are_written_as_the_server_reads_them() {
        for (bytes, written) in [
            (&b""[..], ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foobar", "Zm9vYmFy"),
            (&[0xfb, 0xff, 0xfe, 0x00], "-__-AA"),
        ] {
            assert_eq!(base64(bytes), written);
        }
    }
}
