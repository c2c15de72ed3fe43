//! Migrations of Django.
use super::Migration;
use crate::formats::sql::Dialect;
/// x
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct DjangoState {}
/// x
pub fn read(_source: &str, _path: &str, _dialect: Dialect, _state: &mut DjangoState) -> Option<Migration> { None }
