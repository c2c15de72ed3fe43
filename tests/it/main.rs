//! The one integration binary: everything that looks at gatecheck from outside of a module.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod action;
mod cases;
mod cli;
mod determinism;
mod doctor;
#[cfg(feature = "forge")]
mod forge;
mod formats;
mod history;
mod hostile;
mod inherited;
mod isolation;
mod loopback;
mod made;
mod migration;
mod packs;
mod protection;
mod readme;
mod replay;
mod reviews;
mod scenarios;
mod secrets;
mod settle;
mod shadow;
mod support;
mod tidy;
mod tools;
mod ways;
mod why;
