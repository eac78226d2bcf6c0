//! The command line: wiring only.

use std::{process::ExitCode, sync::LazyLock};

use clap::{CommandFactory as _, FromArgMatches as _};
#[cfg(feature = "otlp")]
use server::otlp;
use server::{
    build::Build,
    command::{self, Arguments, Failure},
    config::Config,
    http::site::{File, Packed},
    log, process,
};

/// Gives back what a flood of requests took, and takes less of the processor for what is asked for (decision 51).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What scripts/build.sh says of the source.
const BUILD: Build = Build {
    version: env!("CARGO_PKG_VERSION"),
    commit: said(option_env!("BUILD_COMMIT")),
    date: said(option_env!("BUILD_DATE")),
};

const fn said(of_the_source: Option<&'static str>) -> &'static str {
    match of_the_source {
        Some(said) => said,
        None => "unknown",
    }
}

/// The browser's files, which scripts/build.sh names where the program is to be one file: by a variable and no feature, so
/// that the library is the same with and without them. A file that is new is no reason for Cargo to look again; another hash
/// of them all is.
#[derive(rust_embed::Embed)]
#[folder = "$SITE_FOLDER"]
#[allow_missing = true]
struct Site;

const SITE: Option<Packed> = match option_env!("SITE_HASH") {
    Some(_) => Some(packed),
    None => None,
};

fn packed(name: &str) -> Option<File> {
    let file = Site::get(name)?;
    Some(File { bytes: file.data, hash: file.metadata.sha256_hash() })
}

static VERSION: LazyLock<String> = LazyLock::new(|| BUILD.to_string());

fn main() -> ExitCode {
    process::end_with_the_reader();
    let matches = Arguments::command().version(VERSION.as_str()).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|wrong| wrong.exit());
    if let Some(done) = command::without_settings(&arguments) {
        return code(done);
    }
    process::keep_files_private();
    let config = match Config::load() {
        Ok(config) => config,
        Err(wrong) => return code(Err(command::refused(&arguments.command, wrong))),
    };
    #[cfg(feature = "otlp")]
    let (collected, outlet) = otlp::begin(&config);
    #[cfg(not(feature = "otlp"))]
    let collected = log::Collected::default();
    let _written = log::begin(config.log, config.log_format, collected);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("flowthrough: the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    #[cfg(feature = "otlp")]
    runtime.spawn({
        let config = config.clone();
        async move { outlet.send(&config, BUILD.version).await }
    });
    let here = runtime.enter();
    process::outlive_the_largest_file();
    drop(here);
    let outcome = runtime.block_on(command::run(arguments.command, config, BUILD, SITE));
    // Work on other threads that has not ended by now is not waited for.
    runtime.shutdown_background();
    code(outcome)
}

/// With which code the process ends; why, it says on standard error.
fn code(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("flowthrough: {failed}");
            failed.exit_code()
        }
    }
}
