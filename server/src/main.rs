//! The command line: wiring only.

use std::{io::IsTerminal as _, process::ExitCode};

use clap::Parser;
use server::{
    command::{self, Command},
    config::Config,
    process,
};
use tracing::Level;
use tracing_subscriber::{Layer as _, filter::Targets, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Onboards BroadWorks subscribers who have to prove an email address.
#[derive(Parser)]
#[command(name = "flowthrough", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    process::keep_files_private();
    let arguments = Arguments::parse();
    let config = match Config::load() {
        Ok(config) => config,
        Err(wrong) => {
            eprintln!("flowthrough: {wrong}");
            return ExitCode::from(2);
        }
    };
    // A migration says what it does with every start, although there is nothing to do.
    let said = Targets::new().with_default(config.log).with_target("sea_orm_migration", Level::WARN.min(config.log));
    // Colours are for terminals: a log that is kept holds no control characters.
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry().with(lines.with_filter(said)).init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("flowthrough: the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(command::run(arguments.command, config));
    // Work on other threads that has not ended by now is not waited for.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("flowthrough: {failed}");
            failed.exit_code()
        }
    }
}
