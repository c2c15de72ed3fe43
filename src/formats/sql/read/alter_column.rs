//! `ALTER COLUMN`, as each dialect has it.

use super::column;
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::operation::{ActionKind, ColumnChange, TypeChange};

/// What can be changed about a column, but for types and values. The first that fits is taken.
const CHANGES: [(&str, ColumnChange); 24] = [
    ("SET NOT NULL", ColumnChange::SetNotNull),
    ("ADD NOT NULL", ColumnChange::SetNotNull),
    ("DROP NOT NULL", ColumnChange::DropNotNull),
    ("DROP DEFAULT", ColumnChange::DropDefault),
    ("DROP EXPRESSION", ColumnChange::DropExpression),
    ("DROP IDENTITY", ColumnChange::DropIdentity),
    ("ADD GENERATED", ColumnChange::Identity),
    ("SET GENERATED", ColumnChange::Identity),
    ("RESTART", ColumnChange::Identity),
    ("SET INCREMENT", ColumnChange::Identity),
    ("SET CACHE", ColumnChange::Identity),
    ("SET START", ColumnChange::Identity),
    ("SET MINVALUE", ColumnChange::Identity),
    ("SET MAXVALUE", ColumnChange::Identity),
    ("SET STATISTICS", ColumnChange::Option),
    ("SET STORAGE", ColumnChange::Option),
    ("SET COMPRESSION", ColumnChange::Option),
    ("SET VISIBLE", ColumnChange::Option),
    ("SET INVISIBLE", ColumnChange::Option),
    ("SET NOT VISIBLE", ColumnChange::Option),
    ("SET (", ColumnChange::Option),
    ("RESET (", ColumnChange::Option),
    ("OPTIONS", ColumnChange::Option),
    ("ADD ROWGUIDCOL", ColumnChange::Option),
];

/// `ALTER [COLUMN] c …`; nothing where another action comes next.
pub(super) fn alter_column(item: &mut Cursor<'_>) -> Option<ActionKind> {
    if item.at_any(&["ALTER CONSTRAINT", "ALTER PRIMARY", "ALTER INDEX", "ALTER KEY", "ALTER CHECK"]) {
        return None;
    }
    let mut ahead = *item;
    ahead.eat_any(&["ALTER COLUMN", "ALTER ATTRIBUTE", "ALTER"])?;
    ahead.eat("IF EXISTS");
    let start = ahead;
    let name = ahead.name()?;
    let change = change(&mut ahead);
    if change.is_none() && ahead.dialect == Dialect::SqlServer {
        let mut redefined = start;
        let column = column::column(&mut redefined)?;
        if column.data_type.is_some() {
            *item = redefined;
            return Some(ActionKind::RedefineColumn { from: name, column });
        }
    }
    let change = change.unwrap_or_else(|| {
        ahead.leave();
        ColumnChange::Other
    });
    *item = ahead;
    Some(ActionKind::AlterColumn { name, change })
}

fn change(cursor: &mut Cursor<'_>) -> Option<ColumnChange> {
    if cursor.eat_any(&["SET DATA TYPE", "TYPE"]).is_some() {
        let data_type = cursor.data_type()?;
        let collate = cursor.eat("COLLATE").and_then(|_| cursor.object());
        let using = cursor.eat("USING").map(|_| cursor.expression_until(&[]));
        cursor.eat_any(&["CASCADE", "RESTRICT"]);
        return Some(ColumnChange::Type(Box::new(TypeChange { data_type, using, collate })));
    }
    if cursor.eat("SET DEFAULT").is_some() {
        return Some(ColumnChange::SetDefault(cursor.expression_until(&[])));
    }
    if cursor.eat("SET EXPRESSION AS").is_some() {
        return Some(ColumnChange::SetExpression(cursor.bracketed()?));
    }
    let (_, change) = CHANGES.iter().find(|(phrase, _)| cursor.at(phrase))?;
    cursor.skip_rest();
    Some(change.clone())
}
