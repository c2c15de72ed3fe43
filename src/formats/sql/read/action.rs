//! The actions of `ALTER TABLE`.

use super::{alter_column, column, constraint, index};
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::name::ObjectName;
use crate::formats::sql::operation::{Action, ActionKind, DroppedConstraint, PartitionChange, Toggle};
use crate::formats::sql::token::TokenKind;

/// Reads what stands behind the phrase; nothing where that makes no sense.
type ActionReader = fn(&mut Cursor<'_>) -> Option<ActionKind>;

/// What actions begin with, but for `ADD` and `ALTER COLUMN`. The first that fits is taken.
const ACTIONS: [(&str, ActionReader); 90] = [
    ("DROP CONSTRAINT", |it| dropped(it, DroppedConstraint::Any)),
    ("DROP PRIMARY KEY", |_| Some(unnamed_primary_key())),
    ("DROP FOREIGN KEY", |it| dropped(it, DroppedConstraint::ForeignKey)),
    ("DROP CHECK", |it| dropped(it, DroppedConstraint::Check)),
    ("DROP INDEX", drop_index),
    ("DROP KEY", drop_index),
    ("DROP PARTITION", |it| partition(it, PartitionChange::Drop)),
    ("DROP SYSTEM VERSIONING", rebuild),
    ("DROP PERIOD FOR", opaque),
    ("DROP COLUMN", drop_column),
    ("DROP", drop_column),
    ("RENAME COLUMN", rename_column),
    ("RENAME CONSTRAINT", |it| {
        let (from, to) = (it.name()?, it.eat("TO").and_then(|_| it.name())?);
        Some(ActionKind::RenameConstraint { from, to })
    }),
    ("RENAME INDEX", rename_index),
    ("RENAME KEY", rename_index),
    ("RENAME TO", rename_table),
    ("RENAME AS", rename_table),
    ("RENAME =", rename_table),
    ("RENAME", |it| if it.word_at(1).eq_ignore_ascii_case("TO") { rename_column(it) } else { rename_table(it) }),
    ("MODIFY COLUMN", modify_column),
    ("MODIFY", modify_column),
    ("CHANGE COLUMN", change_column),
    ("CHANGE", change_column),
    ("VALIDATE CONSTRAINT", |it| it.name().map(ActionKind::ValidateConstraint)),
    ("ALTER CONSTRAINT", |it| {
        let name = it.name()?;
        it.skip_rest();
        Some(ActionKind::AlterConstraint(name))
    }),
    ("ALTER CHECK", |it| {
        let name = it.name()?;
        it.skip_rest();
        Some(ActionKind::AlterConstraint(name))
    }),
    ("ALTER PRIMARY KEY", rebuild),
    ("ALTER INDEX", show_index),
    ("ALTER KEY", show_index),
    ("WITH CHECK CHECK CONSTRAINT", |it| Some(checked(it, Toggle::On, true))),
    ("WITH NOCHECK CHECK CONSTRAINT", |it| Some(checked(it, Toggle::On, false))),
    ("CHECK CONSTRAINT", |it| Some(checked(it, Toggle::On, false))),
    ("WITH NOCHECK NOCHECK CONSTRAINT", |it| Some(checked(it, Toggle::Off, false))),
    ("NOCHECK CONSTRAINT", |it| Some(checked(it, Toggle::Off, false))),
    ("ATTACH PARTITION", |it| {
        let name = it.object()?;
        it.skip_rest();
        Some(ActionKind::Partition(PartitionChange::Attach(name)))
    }),
    ("DETACH PARTITION", |it| {
        let partition = it.object()?;
        let (concurrently, finalize) = (it.eat("CONCURRENTLY"), it.eat("FINALIZE"));
        Some(ActionKind::Partition(PartitionChange::Detach { partition, concurrently, finalize }))
    }),
    ("PARTITION BY", |it| partition(it, PartitionChange::By)),
    ("REMOVE PARTITIONING", |it| partition(it, PartitionChange::Remove)),
    ("TRUNCATE PARTITION", |it| partition(it, PartitionChange::Truncate)),
    ("REORGANIZE PARTITION", |it| partition(it, PartitionChange::Reorganize)),
    ("COALESCE PARTITION", |it| partition(it, PartitionChange::Reorganize)),
    ("EXCHANGE PARTITION", |it| partition(it, PartitionChange::Reorganize)),
    ("REBUILD PARTITION", |it| partition(it, PartitionChange::Reorganize)),
    ("OPTIMIZE PARTITION", |it| partition(it, PartitionChange::Reorganize)),
    ("REPAIR PARTITION", |it| partition(it, PartitionChange::Reorganize)),
    ("ANALYZE PARTITION", opaque),
    ("CHECK PARTITION", opaque),
    ("SPLIT PARTITION", |it| partition(it, PartitionChange::Reorganize)),
    ("MERGE PARTITIONS", |it| partition(it, PartitionChange::Reorganize)),
    ("SWITCH", |it| partition(it, PartitionChange::Reorganize)),
    ("SET SCHEMA", |it| it.name().map(ActionKind::SetSchema)),
    ("SET TABLESPACE", |it| skipped(it, ActionKind::SetTablespace)),
    ("SET LOGGED", |_| Some(ActionKind::SetLogged(Toggle::On))),
    ("SET UNLOGGED", |_| Some(ActionKind::SetLogged(Toggle::Off))),
    ("SET ACCESS METHOD", |it| skipped(it, ActionKind::SetAccessMethod)),
    ("SET WITHOUT CLUSTER", |_| Some(ActionKind::ClusterOn)),
    ("SET WITHOUT OIDS", rebuild),
    ("SET WITH OIDS", rebuild),
    ("SET", parameters),
    ("RESET", parameters),
    ("OWNER TO", |it| skipped(it, ActionKind::Owner)),
    ("REPLICA IDENTITY", |it| skipped(it, ActionKind::ReplicaIdentity)),
    ("ENABLE ROW LEVEL SECURITY", |_| Some(ActionKind::RowSecurity(Toggle::On))),
    ("DISABLE ROW LEVEL SECURITY", |_| Some(ActionKind::RowSecurity(Toggle::Off))),
    ("NO FORCE ROW LEVEL SECURITY", |_| Some(ActionKind::ForceRowSecurity(Toggle::Off))),
    ("FORCE ROW LEVEL SECURITY", |_| Some(ActionKind::ForceRowSecurity(Toggle::On))),
    ("ENABLE KEYS", opaque),
    ("DISABLE KEYS", opaque),
    ("ENABLE CHANGE_TRACKING", opaque),
    ("DISABLE CHANGE_TRACKING", opaque),
    ("ENABLE", |it| skipped(it, ActionKind::Trigger(Toggle::On))),
    ("DISABLE", |it| skipped(it, ActionKind::Trigger(Toggle::Off))),
    ("CLUSTER ON", |it| skipped(it, ActionKind::ClusterOn)),
    ("INHERIT", |it| skipped(it, ActionKind::Inherit(Toggle::On))),
    ("NO INHERIT", |it| skipped(it, ActionKind::Inherit(Toggle::Off))),
    ("NOT OF", opaque),
    ("OF", opaque),
    ("CONVERT TO", |it| skipped(it, ActionKind::ConvertCharset)),
    ("ENGINE", |it| skipped(it, ActionKind::Engine)),
    ("ALGORITHM", |it| index::value(it).map(ActionKind::Algorithm)),
    ("LOCK", |it| index::value(it).map(ActionKind::LockOption)),
    ("FORCE", rebuild),
    ("REBUILD", rebuild),
    ("ORDER BY", opaque),
    ("DISCARD TABLESPACE", opaque),
    ("IMPORT TABLESPACE", opaque),
    ("WITHOUT VALIDATION", opaque),
    ("WITH VALIDATION", opaque),
    ("OPTIONS", opaque),
    ("EXECUTE", opaque),
];

/// Reads all actions. What is not understood becomes [`ActionKind::Other`] and is noted.
pub(super) fn actions(cursor: &mut Cursor<'_>, table: &ObjectName) -> Vec<Action> {
    let mut actions: Vec<Action> = Vec::new();
    while !cursor.is_empty() {
        let mut item = cursor.item();
        if item.is_empty() {
            continue;
        }
        let whole = item;
        let kind = match continued(&mut item, actions.last()) {
            Some(kind) => vec![kind],
            None => action(&mut item, table),
        };
        // A statement of MySQL may leave the commas between options of the table out.
        let mut read = kind;
        while is_option(&item, &read) {
            read.extend(action(&mut item, table));
        }
        let span = whole.span();
        item.leave();
        actions.extend(read.into_iter().map(|kind| Action { span, kind }));
    }
    actions
}

fn is_option(rest: &Cursor<'_>, read: &[ActionKind]) -> bool {
    let is_option = |it: &ActionKind| {
        matches!(it, ActionKind::TableOption(_) | ActionKind::Algorithm(_) | ActionKind::LockOption(_))
    };
    rest.dialect == Dialect::MySql && !rest.is_empty() && read.last().is_some_and(is_option)
}

/// `ADD a int, b int` and `DROP COLUMN a, b` of Transact-SQL say their verb once.
fn continued(item: &mut Cursor<'_>, last: Option<&Action>) -> Option<ActionKind> {
    if item.dialect != Dialect::SqlServer || item.at_any(&["ADD", "DROP", "ALTER COLUMN", "REBUILD"]) {
        return None;
    }
    match &last?.kind {
        ActionKind::AddColumn { .. } | ActionKind::AddConstraint(_) => add_element(item),
        ActionKind::DropColumn { .. } | ActionKind::DropConstraint { .. } => {
            let is_constraint = matches!(last?.kind, ActionKind::DropConstraint { .. });
            if item.eat("CONSTRAINT").is_some() || is_constraint && item.eat("COLUMN").is_none() {
                return dropped(item, DroppedConstraint::Any);
            }
            item.eat("COLUMN");
            drop_column(item)
        }
        _ => None,
    }
}

/// One action, or several where brackets hold several columns.
fn action(item: &mut Cursor<'_>, table: &ObjectName) -> Vec<ActionKind> {
    let no_check = item.eat_any(&["WITH NOCHECK ADD", "WITH CHECK ADD", "ADD"]);
    if let Some(verb) = no_check {
        let mut kinds = add(item, table);
        let words = item.text(verb).to_ascii_uppercase();
        if words.contains("NOCHECK") {
            for kind in &mut kinds {
                if let ActionKind::AddConstraint(constraint) = kind {
                    constraint.not_valid = Some(verb);
                }
            }
        }
        return kinds;
    }
    if let Some(kind) = alter_column::alter_column(item) {
        return vec![kind];
    }
    let found = ACTIONS.iter().find(|(phrase, _)| item.at(phrase));
    let read = match found {
        Some((phrase, read)) => {
            item.eat(phrase);
            read(item)
        }
        None => table_option(item),
    };
    vec![read.unwrap_or_else(|| {
        item.leave();
        ActionKind::Other
    })]
}

fn add(item: &mut Cursor<'_>, table: &ObjectName) -> Vec<ActionKind> {
    if item.at("PARTITION") {
        item.skip_rest();
        return vec![ActionKind::Partition(PartitionChange::Add)];
    }
    if item.at_any(&["SYSTEM VERSIONING", "PERIOD FOR"]) {
        item.skip_rest();
        return vec![ActionKind::Rebuild];
    }
    if index::at_inline_index(item) {
        let read = index::inline_index(item, table);
        return vec![read.map_or(ActionKind::Other, |it| ActionKind::AddIndex(Box::new(it)))];
    }
    let mut ahead = *item;
    ahead.eat("COLUMN");
    ahead.eat("IF NOT EXISTS");
    let Some(mut group) = ahead.group() else {
        return vec![add_element(item).unwrap_or_else(|| {
            item.leave();
            ActionKind::Other
        })];
    };
    *item = ahead;
    let mut kinds = Vec::new();
    while !group.is_empty() {
        let mut one = group.item();
        kinds.extend(add_element(&mut one));
        one.leave();
    }
    kinds
}

/// A column or a constraint behind `ADD`.
fn add_element(item: &mut Cursor<'_>) -> Option<ActionKind> {
    let is_default = item.at("DEFAULT") && item.dialect == Dialect::SqlServer;
    if is_default || constraint::at_constraint(item) || item.at("NOT NULL") {
        return Some(ActionKind::AddConstraint(constraint::constraint(item)));
    }
    item.eat("COLUMN");
    let if_not_exists = item.eat("IF NOT EXISTS");
    Some(ActionKind::AddColumn { column: column::column(item)?, if_not_exists })
}

fn drop_column(it: &mut Cursor<'_>) -> Option<ActionKind> {
    let if_exists = it.eat("IF EXISTS");
    let name = it.name()?;
    let cascade = it.eat("CASCADE");
    it.eat("RESTRICT");
    Some(ActionKind::DropColumn { name, if_exists, cascade })
}

fn dropped(it: &mut Cursor<'_>, kind: DroppedConstraint) -> Option<ActionKind> {
    let if_exists = it.eat("IF EXISTS");
    let name = Some(it.name()?);
    let cascade = it.eat("CASCADE");
    it.eat("RESTRICT");
    if it.eat("WITH").is_some() {
        it.skip_unit();
    }
    Some(ActionKind::DropConstraint { kind, name, if_exists, cascade })
}

fn unnamed_primary_key() -> ActionKind {
    let kind = DroppedConstraint::PrimaryKey;
    ActionKind::DropConstraint { kind, name: None, if_exists: None, cascade: None }
}

fn drop_index(it: &mut Cursor<'_>) -> Option<ActionKind> {
    let if_exists = it.eat("IF EXISTS");
    Some(ActionKind::DropIndex { name: it.name()?, if_exists })
}

fn rename_column(it: &mut Cursor<'_>) -> Option<ActionKind> {
    it.eat("IF EXISTS");
    let from = it.name()?;
    it.eat("TO")?;
    Some(ActionKind::RenameColumn { from, to: it.name()? })
}

fn rename_index(it: &mut Cursor<'_>) -> Option<ActionKind> {
    it.eat("IF EXISTS");
    let from = it.name()?;
    it.eat("TO")?;
    Some(ActionKind::RenameIndex { from, to: it.name()? })
}

fn rename_table(it: &mut Cursor<'_>) -> Option<ActionKind> {
    Some(ActionKind::RenameTable { to: it.object()? })
}

fn modify_column(it: &mut Cursor<'_>) -> Option<ActionKind> {
    it.eat("IF EXISTS");
    let column = column::column(it)?;
    Some(ActionKind::RedefineColumn { from: column.name.clone(), column })
}

fn change_column(it: &mut Cursor<'_>) -> Option<ActionKind> {
    it.eat("IF EXISTS");
    let from = it.name()?;
    Some(ActionKind::RedefineColumn { from, column: column::column(it)? })
}

fn show_index(it: &mut Cursor<'_>) -> Option<ActionKind> {
    it.eat("IF EXISTS");
    let name = it.name()?;
    let toggle = match it.eat_any(&["VISIBLE", "NOT IGNORED"]) {
        Some(_) => Toggle::On,
        None => it.eat_any(&["INVISIBLE", "IGNORED"]).map(|_| Toggle::Off)?,
    };
    Some(ActionKind::ShowIndex { name, toggle })
}

fn checked(it: &mut Cursor<'_>, toggle: Toggle, with_check: bool) -> ActionKind {
    let here = it.here();
    let name = if it.eat("ALL").is_some() { None } else { it.name() };
    it.skip_rest();
    ActionKind::CheckConstraint { name, toggle, with_check: with_check.then_some(here) }
}

fn partition(it: &mut Cursor<'_>, change: PartitionChange) -> Option<ActionKind> {
    it.skip_rest();
    Some(ActionKind::Partition(change))
}

fn parameters(it: &mut Cursor<'_>) -> Option<ActionKind> {
    let mut group = it.group()?;
    let mut names = Vec::new();
    while !group.is_empty() {
        names.extend(group.item().object().map(|it| it.name));
    }
    Some(ActionKind::SetParameters(names))
}

fn rebuild(it: &mut Cursor<'_>) -> Option<ActionKind> {
    skipped(it, ActionKind::Rebuild)
}

fn opaque(it: &mut Cursor<'_>) -> Option<ActionKind> {
    skipped(it, ActionKind::Neutral)
}

fn skipped(it: &mut Cursor<'_>, kind: ActionKind) -> Option<ActionKind> {
    it.skip_rest();
    Some(kind)
}

/// `COMMENT = 'x'`, `AUTO_INCREMENT = 5`, `DEFAULT CHARACTER SET = utf8mb4` of MySQL.
fn table_option(it: &mut Cursor<'_>) -> Option<ActionKind> {
    if it.dialect != Dialect::MySql {
        return None;
    }
    it.eat("DEFAULT");
    let name = it.name()?;
    it.eat("SET");
    it.eat("=");
    (!it.is_empty()).then_some(())?;
    it.skip_unit();
    if it.peek_kind(0) == Some(TokenKind::Comma) {
        it.bump();
    }
    Some(ActionKind::TableOption(name))
}
