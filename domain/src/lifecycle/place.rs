//! Where the accounts of a template are.

/// Where the accounts of another template are, seen from where those of a subscriber's own are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the same target, which knows both templates under the same name.
    Same,
    /// Anywhere else.
    Other,
}
