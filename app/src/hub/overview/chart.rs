//! What became of users day by day, drawn by the server as SVG, and the same as a table.

use leptos::prelude::*;

use super::speed::HowLong;
use crate::{
    hub::{
        model::{Day, Speed},
        text::number_text,
    },
    i18n::*,
    ui::table::{Cell, Table},
};

/// The drawing, in units of its own.
const WIDTH: u32 = 600;
const HEIGHT: u32 = 160;

/// How users stood, one layer above the other.
#[component]
pub(super) fn Standings(days: Vec<Day>) -> impl IntoView {
    let i18n = use_i18n();
    let top = days.iter().map(|day| day.provisioned + day.pending + day.error).max().unwrap_or(0);
    let bars = bars(&days, top, |day| vec![("good", day.provisioned), ("waiting", day.pending), ("bad", day.error)]);
    let columns = vec![
        text!(i18n, hub.overview.day).into_any(),
        text!(i18n, hub.standing.provisioned).into_any(),
        text!(i18n, hub.standing.pending).into_any(),
        text!(i18n, hub.standing.error).into_any(),
    ];
    let rows = days.iter().rev().cloned().map(move |Day { date, provisioned, pending, error, .. }| {
        view! {
            <tr role="row">
                <Cell label=text!(i18n, hub.overview.day)><span class="overview-day">{date}</span></Cell>
                <Cell label=text!(i18n, hub.standing.provisioned)><Number number=provisioned/></Cell>
                <Cell label=text!(i18n, hub.standing.pending)><Number number=pending/></Cell>
                <Cell label=text!(i18n, hub.standing.error)><Number number=error/></Cell>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let legend = [
        ("good", Signal::derive(text!(i18n, hub.standing.provisioned))),
        ("waiting", Signal::derive(text!(i18n, hub.standing.pending))),
        ("bad", Signal::derive(text!(i18n, hub.standing.error))),
    ];
    view! {
        <section class="card overview-chart" aria-labelledby="overview-standings">
            <h2 id="overview-standings">{text!(i18n, hub.overview.standings)}</h2>
            <Drawing bars top ends=ends(&days)/>
            <ul class="overview-legend">
                {legend.map(|(tone, name)| view! { <li data-tone=tone>{move || name.get()}</li> })}
            </ul>
            <details class="overview-numbers">
                <summary>{text!(i18n, hub.overview.numbers)}</summary>
                <Table label=text!(i18n, hub.overview.standings) columns>{rows}</Table>
            </details>
        </section>
    }
}

/// For how many users an account was created, and how long that took.
#[component]
pub(super) fn Activations(days: Vec<Day>, speed: Option<Speed>) -> impl IntoView {
    let i18n = use_i18n();
    let top = days.iter().map(|day| day.activated).max().unwrap_or(0);
    let bars = bars(&days, top, |day| vec![("busy", day.activated)]);
    let columns = vec![text!(i18n, hub.overview.day).into_any(), text!(i18n, hub.overview.activations).into_any()];
    let rows = days.iter().rev().cloned().map(move |Day { date, activated, .. }| {
        view! {
            <tr role="row">
                <Cell label=text!(i18n, hub.overview.day)><span class="overview-day">{date}</span></Cell>
                <Cell label=text!(i18n, hub.overview.activations)><Number number=activated/></Cell>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="card overview-chart" aria-labelledby="overview-activations">
            <h2 id="overview-activations">{text!(i18n, hub.overview.activations)}</h2>
            <Drawing bars top ends=ends(&days)/>
            <HowLong speed/>
            <details class="overview-numbers">
                <summary>{text!(i18n, hub.overview.numbers)}</summary>
                <Table label=text!(i18n, hub.overview.activations) columns>{rows}</Table>
            </details>
        </section>
    }
}

#[component]
fn Number(number: u32) -> impl IntoView {
    let i18n = use_i18n();
    view! { <span class="bulk-number">{move || number_text(i18n.get_locale(), number)}</span> }
}

/// A rectangle: tone, left edge, upper edge, width, height.
type Bar = (&'static str, u32, u32, u32, u32);

/// One stack a day. What is not nothing is seen, however little it is.
fn bars(days: &[Day], top: u32, layers: impl Fn(&Day) -> Vec<(&'static str, u32)>) -> Vec<Bar> {
    let count = u32::try_from(days.len()).unwrap_or(u32::MAX).max(1);
    let (pitch, top) = (WIDTH / count, u64::from(top.max(1)));
    let width = (pitch * 3 / 4).max(1);
    let mut bars = Vec::new();
    for (at, day) in (0_u32..).zip(days) {
        let mut base = HEIGHT;
        for (tone, users) in layers(day).into_iter().filter(|(_, users)| *users > 0) {
            let drawn = u64::from(users) * u64::from(HEIGHT) / top;
            let height = u32::try_from(drawn).unwrap_or(HEIGHT).clamp(1, base.max(1));
            base = base.saturating_sub(height);
            bars.push((tone, at * pitch, base, width, height));
        }
    }
    bars
}

/// The first and the last day.
fn ends(days: &[Day]) -> (String, String) {
    let date = |day: Option<&Day>| day.map(|day| day.date.clone()).unwrap_or_default();
    (date(days.first()), date(days.last()))
}

/// The drawing with its scale. Who does not see it has the table.
#[component]
fn Drawing(bars: Vec<Bar>, top: u32, ends: (String, String)) -> impl IntoView {
    let i18n = use_i18n();
    let bars = bars.into_iter().map(move |(tone, x, y, width, height)| {
        view! { <rect data-tone=tone x=x y=y width=width height=height/> }
    });
    view! {
        <div class="overview-drawing" aria-hidden="true">
            <p class="overview-top">{move || number_text(i18n.get_locale(), top)}</p>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none">{bars.collect_view()}</svg>
            <p class="overview-ends"><span>{ends.0}</span> <span>{ends.1}</span></p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(provisioned: u32, error: u32) -> Day {
        Day { date: String::new(), provisioned, pending: 0, error, activated: 0 }
    }

    #[test]
    fn layers_stand_on_each_other_and_the_smallest_is_seen() {
        let days = [day(0, 0), day(1_000_000, 1)];
        let bars = bars(&days, 1_000_001, |day| vec![("good", day.provisioned), ("bad", day.error)]);
        assert_eq!(bars, [("good", 300, 1, 225, 159), ("bad", 300, 0, 225, 1)]);
    }

    #[test]
    fn a_chart_of_nothing_is_empty() {
        assert_eq!(bars(&[], 0, |_| Vec::new()), []);
        assert_eq!(bars(&[day(0, 0)], 0, |day| vec![("good", day.provisioned)]), []);
    }
}
