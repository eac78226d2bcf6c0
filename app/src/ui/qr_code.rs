//! An address that a phone reads with its camera.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A code, drawn by the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// How many modules wide and high it is, with what surrounds it.
    side: u32,
    /// The dark modules.
    path: String,
}

#[cfg(feature = "ssr")]
impl Drawing {
    /// The code of an address. Nothing, if that is longer than a code can hold.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        use fast_qr::{ECL, QRBuilder};
        /// How many modules of nothing surround the code: less, and cameras do not find it (ISO/IEC 18004, 6.3.8).
        const QUIET: usize = 4;
        let code = QRBuilder::new(url).ecl(ECL::M).build().ok()?;
        let (size, side) = (code.size, code.size + 2 * QUIET);
        let dark =
            (0..size * size).map(|at| (at / size, at % size)).filter(|(row, column)| code[*row][*column].value());
        let path = dark.map(|(row, column)| format!("M{} {}h1v1h-1z", column + QUIET, row + QUIET)).collect();
        Some(Self { side: u32::try_from(side).ok()?, path })
    }
}

/// The code. Drawn dark on light in every theme: not every camera reads it the other way round.
#[component]
pub fn QrCode(
    /// The code.
    drawing: Drawing,
    /// What it is, for whoever cannot see it.
    label: String,
) -> impl IntoView {
    let Drawing { side, path } = drawing;
    view! {
        <svg class="qr-code" viewBox=format!("0 0 {side} {side}") role="img" aria-label=label shape-rendering="crispEdges">
            <rect class="qr-code-ground" width=side height=side/>
            <path class="qr-code-modules" d=path/>
        </svg>
    }
}
