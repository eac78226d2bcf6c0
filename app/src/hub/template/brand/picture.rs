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
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
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
            Ok(URL_SAFE_NO_PAD.encode(Uint8Array::new(&bytes).to_vec()))
        }
    }

    fn field() -> Option<HtmlInputElement> {
        document().get_element_by_id(FIELD)?.dyn_into().ok()
    }
}
