//! Renderers: a settled [`Report`](crate::model::Report) written down, one format a file.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod escape;
mod place;
#[cfg(test)]
mod sample;
pub mod terminal;
