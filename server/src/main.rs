//! The command line: wiring only.

use std::process::ExitCode;

use clap::Parser as _;
use server::{
    command::{self, Arguments, Failure},
    config::Config,
    log, process,
};

/// Gives back what a flood of requests took, and takes less of the processor for what is asked for (decision 51).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    process::keep_files_private();
    let arguments = Arguments::parse();
    if let Some(done) = command::without_settings(&arguments.command) {
        return code(done);
    }
    let config = match Config::load() {
        Ok(config) => config,
        Err(wrong) => return code(Err(command::refused(&arguments.command, wrong))),
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
