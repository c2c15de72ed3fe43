//! The heads of statements, as a table. The first that fits is taken, so a longer one stands before its start.

use super::{Reader, alter, create, data, object, routine, session};
use crate::formats::sql::operation::{MaintenanceKind, Operation, Transaction};

/// What a statement begins with, and who reads it.
pub(super) const HEADS: [(&str, Reader); 105] = [
    ("CREATE", create::create),
    ("ALTER", alter::alter),
    ("DROP", object::drop),
    ("RENAME TABLE", object::rename_tables),
    ("RENAME TABLES", object::rename_tables),
    ("RENAME", opaque_administration),
    ("COMMENT ON", object::comment),
    ("GRANT", object::grant),
    ("REVOKE", object::revoke),
    ("DENY", object::revoke),
    ("INSERT", data::insert),
    ("REPLACE", data::replace),
    ("UPDATE STATISTICS", |it| session::maintenance(it, MaintenanceKind::Analyze)),
    ("UPDATE", data::update),
    ("DELETE", data::delete),
    ("MERGE", data::merge),
    ("TRUNCATE", data::truncate),
    ("COPY", data::copy),
    ("LOAD DATA", data::load),
    ("LOAD XML", data::load),
    ("LOAD", opaque_administration),
    ("BULK INSERT", data::load),
    ("WITH", data::with),
    ("SELECT", session::select),
    ("VALUES", query),
    ("TABLE", query),
    ("EXPLAIN", query),
    ("SHOW", query),
    ("DESCRIBE", query),
    ("DESC", query),
    ("BEGIN", |it| transaction(it, Transaction::Begin)),
    ("START TRANSACTION", |it| transaction(it, Transaction::Begin)),
    ("COMMIT", |it| transaction(it, Transaction::Commit)),
    ("END", |it| transaction(it, Transaction::Commit)),
    ("ROLLBACK TO", |it| transaction(it, Transaction::RollbackTo)),
    ("ROLLBACK WORK TO", |it| transaction(it, Transaction::RollbackTo)),
    ("ROLLBACK TRANSACTION TO", |it| transaction(it, Transaction::RollbackTo)),
    ("ROLLBACK", |it| transaction(it, Transaction::Rollback)),
    ("ABORT", |it| transaction(it, Transaction::Rollback)),
    ("SAVEPOINT", |it| transaction(it, Transaction::Savepoint)),
    ("SAVE", |it| transaction(it, Transaction::Savepoint)),
    ("RELEASE", |it| transaction(it, Transaction::Release)),
    ("XA", opaque_administration),
    ("PREPARE TRANSACTION", |it| transaction(it, Transaction::Commit)),
    ("SET", session::set),
    ("RESET", session::reset),
    ("DISCARD", opaque_administration),
    ("PRAGMA", session::pragma),
    ("USE", session::use_database),
    ("LOCK", session::lock),
    ("UNLOCK", session::lock),
    ("VACUUM FULL", |it| session::maintenance(it, MaintenanceKind::VacuumFull)),
    ("VACUUM", |it| session::maintenance(it, MaintenanceKind::Vacuum)),
    ("ANALYZE", |it| session::maintenance(it, MaintenanceKind::Analyze)),
    ("ANALYSE", |it| session::maintenance(it, MaintenanceKind::Analyze)),
    ("CLUSTER", |it| session::maintenance(it, MaintenanceKind::Cluster)),
    ("REPACK", |it| session::maintenance(it, MaintenanceKind::Repack)),
    ("REINDEX", |it| session::maintenance(it, MaintenanceKind::Reindex)),
    ("REFRESH MATERIALIZED VIEW", |it| session::maintenance(it, MaintenanceKind::Refresh)),
    ("OPTIMIZE", |it| session::maintenance(it, MaintenanceKind::Optimize)),
    ("CHECK TABLE", opaque_administration),
    ("CHECKSUM", opaque_administration),
    ("REPAIR", opaque_administration),
    ("CHECKPOINT", opaque_administration),
    ("FLUSH", opaque_administration),
    ("KILL", opaque_administration),
    ("DBCC", opaque_administration),
    ("INSTALL", opaque_administration),
    ("UNINSTALL", opaque_administration),
    ("PURGE", opaque_administration),
    ("SECURITY LABEL", opaque_administration),
    ("REASSIGN OWNED", opaque_administration),
    ("IMPORT FOREIGN SCHEMA", opaque_administration),
    ("LISTEN", opaque_administration),
    ("UNLISTEN", opaque_administration),
    ("NOTIFY", opaque_administration),
    ("ATTACH", opaque_administration),
    ("DETACH", opaque_administration),
    ("HANDLER", opaque_administration),
    ("ENABLE TRIGGER", routine::toggle_trigger),
    ("DISABLE TRIGGER", routine::toggle_trigger),
    ("ADD SIGNATURE", opaque_administration),
    ("DO", routine::run),
    ("CALL", routine::call),
    ("EXECUTE", routine::execute),
    ("EXEC", routine::execute),
    ("PREPARE", routine::prepare),
    ("DEALLOCATE", control),
    ("DECLARE", control),
    ("FETCH", control),
    ("MOVE", control),
    ("OPEN", control),
    ("CLOSE", control),
    ("PERFORM", control),
    ("RAISE", control),
    ("PRINT", control),
    ("SIGNAL", control),
    ("RESIGNAL", control),
    ("GET DIAGNOSTICS", control),
    ("WAITFOR", control),
    ("RETURN", control),
    ("THROW", control),
    ("RAISERROR", control),
    ("GOTO", control),
    ("SOURCE", client),
];

fn query(cursor: &mut super::Cursor<'_>) -> Vec<Operation> {
    cursor.skip_rest();
    vec![Operation::Query]
}

fn control(cursor: &mut super::Cursor<'_>) -> Vec<Operation> {
    cursor.skip_rest();
    vec![Operation::Control]
}

/// `SOURCE file` of the program mysql.
fn client(cursor: &mut super::Cursor<'_>) -> Vec<Operation> {
    cursor.skip_rest();
    vec![Operation::Client]
}

fn transaction(cursor: &mut super::Cursor<'_>, step: Transaction) -> Vec<Operation> {
    cursor.skip_rest();
    vec![Operation::Transaction(step)]
}

fn opaque_administration(cursor: &mut super::Cursor<'_>) -> Vec<Operation> {
    session::administration(cursor)
}
