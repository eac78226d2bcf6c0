//! The file that is chosen in a field.

#[cfg(feature = "hydrate")]
pub use browser::ChosenFile;

/// The server chooses no file.
#[cfg(not(feature = "hydrate"))]
pub enum ChosenFile {}

#[cfg(not(feature = "hydrate"))]
impl ChosenFile {
    /// None.
    #[must_use]
    pub const fn of(_field: &str) -> Option<Self> {
        None
    }

    /// Forgets none.
    pub const fn forget(_field: &str) {}

    /// Of none.
    #[must_use]
    pub fn name(&self) -> String {
        match *self {}
    }

    /// None is.
    #[must_use]
    pub fn is_larger_than(&self, _bytes: usize) -> bool {
        match *self {}
    }

    /// Of none.
    #[allow(clippy::unused_async, reason = "as in the browser")]
    pub async fn in_base64(self) -> Option<String> {
        match self {}
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use js_sys::Uint8Array;
    use leptos::prelude::document;
    use wasm_bindgen::JsCast as _;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{File, HtmlInputElement};

    /// A file that was chosen.
    pub struct ChosenFile(File);

    impl ChosenFile {
        /// The file in the field of this id.
        #[must_use]
        pub fn of(field: &str) -> Option<Self> {
            Some(Self(input(field)?.files()?.get(0)?))
        }

        /// Empties that field: a browser does not tell when the same file is chosen again, corrected by now.
        pub fn forget(field: &str) {
            if let Some(field) = input(field) {
                field.set_value("");
            }
        }

        /// What it is called.
        #[must_use]
        pub fn name(&self) -> String {
            self.0.name()
        }

        /// Whether it has more bytes than these.
        #[must_use]
        pub fn is_larger_than(&self, bytes: usize) -> bool {
            #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53 bytes")]
            let bytes = bytes as f64;
            self.0.size() > bytes
        }

        /// The file itself.
        #[must_use]
        pub const fn file(&self) -> &File {
            &self.0
        }

        /// What is in it, as base64 for addresses: nothing of that is written otherwise in a form. None if it cannot be read.
        pub async fn in_base64(self) -> Option<String> {
            let bytes = JsFuture::from(self.0.array_buffer()).await.ok()?;
            Some(URL_SAFE_NO_PAD.encode(Uint8Array::new(&bytes).to_vec()))
        }
    }

    fn input(field: &str) -> Option<HtmlInputElement> {
        document().get_element_by_id(field)?.dyn_into().ok()
    }
}
