//! The command line: wiring only.

use std::process::ExitCode;

use clap::Parser;
use server::{
    command::{self, Command},
    config::Config,
    log, process,
};

/// Gives back what a flood of requests took, and takes less of the processor for what is asked for (decision 51).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    log::begin(config.log);
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
