//! The command line: wiring only.

use std::process::ExitCode;

use clap::Parser;
use server::{
    command::{self, Command},
    config::Config,
};

/// Onboards BroadWorks subscribers who have to prove an email address.
#[derive(Parser)]
#[command(name = "flowthrough", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::load() {
        Ok(config) => config,
        Err(wrong) => {
            eprintln!("flowthrough: {wrong}");
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt().with_max_level(config.log).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("flowthrough: the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(command::run(arguments.command, config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("flowthrough: {failed}");
            failed.exit_code()
        }
    }
}
