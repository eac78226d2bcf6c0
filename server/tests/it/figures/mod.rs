//! How fast it is. Not part of `make test`, because a figure is no promise: `make bench`.

mod access;
mod api;
mod engine;
