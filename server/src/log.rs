//! The log: what is said at which level (docs/LOGGING.md lists it). One line for each thing that happened, with ids and networks
//! and without anybody's name, address, user id or secret.

use std::{io::IsTerminal as _, sync::OnceLock};

use tracing::{Level, Subscriber};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{
    Layer as _, Registry,
    filter::{LevelFilter, Targets},
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
    reload,
    util::SubscriberInitExt as _,
};

/// Under which target security events are said.
pub const SECURITY: &str = "security";
/// Under which target it is said how long something took, and what belongs to what: for traces, and in no line.
pub const TRACE: &str = "trace";

/// What writes, or sends.
pub type BoxedLayer = Box<dyn tracing_subscriber::Layer<Registry> + Send + Sync>;

/// What is sent to a collector besides.
#[derive(Default)]
pub struct Collected {
    /// What is made of [`TRACE`].
    pub spans: Option<BoxedLayer>,
    /// What is made of each line.
    pub lines: Option<BoxedLayer>,
}

/// How a line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// What the process's log says: there is one log in a process.
static SAID: OnceLock<reload::Handle<Targets, Registry>> = OnceLock::new();

/// Says on standard error what is said at this level, or one above it. What is returned has what is still to be written when it is
/// dropped, and waits for it for a moment.
///
/// Nothing waits for whoever reads that: where a hundred thousand lines wait to be read, or the disk is full, lines are lost.
#[must_use = "it writes what is left"]
pub fn begin(level: Level, format: Format, collected: Collected) -> WorkerGuard {
    let (said, handle) = reload::Layer::new(said(level));
    // Colours are for terminals: a log that is kept holds no control characters.
    let (writer, written_later) = tracing_appender::non_blocking(std::io::stderr());
    let lines = written(format, writer, std::io::stderr().is_terminal());
    let lines = lines.and_then(collected.lines).with_filter(said).boxed();
    let layers: Vec<BoxedLayer> = [Some(lines), collected.spans].into_iter().flatten().collect();
    tracing_subscriber::registry().with(layers).init();
    let _ = SAID.set(handle);
    written_later
}

/// From now on says what is said at this level, or one above it.
pub fn say(level: Level) {
    if let Some(handle) = SAID.get()
        && let Err(error) = handle.reload(said(level))
    {
        tracing::error!(%error, "the level of the log cannot be changed");
    }
}

/// Whoever writes the lines.
pub fn lines<W>(level: Level, format: Format, writer: W, colours: bool) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::registry().with(written(format, writer, colours).with_filter(said(level)))
}

/// What is said at a level.
fn said(level: Level) -> Targets {
    Targets::new()
        .with_default(level)
        // A migration says what it does with every start, although there is nothing to do.
        .with_target("sea_orm_migration", Level::WARN.min(level))
        // That is a collector's, and no line.
        .with_target(TRACE, LevelFilter::OFF)
        // A record with gaps proves nothing.
        .with_target(SECURITY, Level::INFO.max(level))
}

fn written<W>(format: Format, writer: W, colours: bool) -> BoxedLayer
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    match format {
        Format::Text => fmt::layer().with_writer(writer).with_ansi(colours).boxed(),
        // The fields of an event beside its level and time; those of its request, such as the tracking id, under `span`.
        Format::Json => fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(writer).boxed(),
    }
}
