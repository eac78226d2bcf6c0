//! What is done through another server's REST API, and not on this machine.

use super::{
    Arguments, Command, Failure,
    remote::{missing, wrong},
    report, users,
};

/// Does what the command asks of a server, if it does.
pub(super) fn run(arguments: &Arguments) -> Option<Result<(), Failure>> {
    let server = match arguments.remote.server() {
        Ok(Some(server)) => server,
        Ok(None) if matches!(arguments.command, Command::Users(_)) => return Some(Err(missing("--server"))),
        Ok(None) => return None,
        Err(failure) => return Some(Err(failure)),
    };
    Some(match &arguments.command {
        Command::Users(command) => wait(users::run(command, &server)),
        Command::Report(options) => wait(report::of_server(options, &server)),
        _ => {
            Err(wrong("--server", "this command works on this machine", "Leave it out; `users` and `report` take it.")
                .into())
        }
    })
}

fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::Other(format!("the runtime cannot start: {error}")))?.block_on(work)
}
