//! The engine's use cases.

mod activation;
mod arrival;
mod blame;
mod clock;
mod codes;
mod crash;
mod fence;
mod handover;
mod locks;
mod mailing;
mod outage;
mod package;
mod queue;
mod removal;
mod replicas;
mod target;
mod usage;
mod walk;
mod workspaces;
