//! An address that a phone reads with its camera.

use fast_qr::{ECL, QRBuilder};
use leptos::prelude::*;

/// How many modules of nothing surround the code: less, and cameras do not find it (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

/// The code of an address. Drawn dark on light in every theme: not every camera reads it the other way round. Nothing, if the
/// address is longer than a code can hold.
#[component]
pub fn QrCode(
    /// The address.
    url: String,
    /// What it is, for whoever cannot see it.
    label: String,
) -> impl IntoView {
    let code = QRBuilder::new(url).ecl(ECL::M).build().ok()?;
    let (size, side) = (code.size, code.size + 2 * QUIET);
    let dark = (0..size * size).map(|at| (at / size, at % size)).filter(|(row, column)| code[*row][*column].value());
    let path: String = dark.map(|(row, column)| format!("M{} {}h1v1h-1z", column + QUIET, row + QUIET)).collect();
    Some(view! {
        <svg class="qr-code" viewBox=format!("0 0 {side} {side}") role="img" aria-label=label shape-rendering="crispEdges">
            <rect class="qr-code-ground" width=side height=side/>
            <path class="qr-code-modules" d=path/>
        </svg>
    })
}
