//! Components that portal and hub share.

pub mod badge;
pub mod busy;
pub mod button;
pub mod clipboard;
pub mod dialog;
pub mod fault;
pub mod field;
pub mod focus;
pub mod hydrated;
#[cfg(feature = "hydrate")]
pub mod listen;
pub mod locale_switcher;
pub mod logo;
pub mod menu;
pub mod moment;
pub mod notice;
pub mod password_field;
pub mod problem;
pub mod spinner;
pub mod switch;
pub mod table;
pub mod text_area;
pub mod title;
pub mod toast;
pub mod unsaved;
