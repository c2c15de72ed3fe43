//! Counts what the front end for SQL makes of files: `cargo run --release --example sql -- postgres FILE…`.
//!
//! Prints how many statements were understood, in how much time, and the heads of those that were not.
#![expect(clippy::print_stdout, reason = "a program for developers that prints what it counted")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use gatecheck::formats::sql::{self, Dialect, Operation, Statement};
use gatecheck::model::Text;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dialect = match arguments.next().as_deref() {
        Some("mysql") => Dialect::MySql,
        Some("sqlite") => Dialect::Sqlite,
        Some("sqlserver") => Dialect::SqlServer,
        _ => Dialect::Postgres,
    };
    let is_loud = std::env::var_os("SHOW").is_some();
    let mut count = Count::default();
    for path in arguments {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let text = Text::decode(&bytes);
        let text = text.as_str();
        count.time += fastest(text, dialect);
        let script = sql::parse(text, dialect);
        count.bytes += text.len();
        count.files += 1;
        for problem in &script.problems {
            println!("{path}:{}: {}", line(text, problem.span.start), problem.message);
        }
        for statement in script.walk() {
            count.take(statement, text, &path, is_loud);
        }
    }
    count.print();
}

/// The least of some times: other programs on the machine make each of them only longer.
fn fastest(text: &str, dialect: Dialect) -> Duration {
    let runs = (0..12).map(|_| {
        let start = Instant::now();
        let script = sql::parse(text, dialect);
        let time = start.elapsed();
        drop(script);
        time
    });
    runs.min().unwrap_or_default()
}

#[derive(Default)]
struct Count {
    files: usize,
    bytes: usize,
    time: Duration,
    statements: usize,
    unknown: usize,
    partly: usize,
    kinds: BTreeMap<String, usize>,
}

impl Count {
    fn take(&mut self, statement: &Statement, text: &str, path: &str, is_loud: bool) {
        self.statements += 1;
        let is_unknown = statement.operations.contains(&Operation::Unknown);
        self.unknown += usize::from(is_unknown);
        self.partly += usize::from(!is_unknown && !statement.unparsed.is_empty());
        for operation in &statement.operations {
            let name = format!("{operation:?}");
            let kind = name.split(['(', ' ']).next().unwrap_or_default();
            *self.kinds.entry(kind.to_owned()).or_default() += 1;
        }
        if !is_loud {
            return;
        }
        for span in &statement.unparsed {
            let shown: String = text.get(span.start..span.end).unwrap_or_default().chars().take(100).collect();
            let head: String =
                text.get(statement.span.start..statement.span.end).unwrap_or_default().chars().take(60).collect();
            println!("{path}:{}: {:?} in {:?}", line(text, span.start), shown, head);
        }
    }

    fn print(&self) {
        let rate = self.bytes as f64 / 1e6 / self.time.as_secs_f64().max(1e-9);
        println!("{} files, {} bytes, {:?}, {rate:.0} MB/s", self.files, self.bytes, self.time);
        let understood = self.statements - self.unknown - self.partly;
        let share = |it: usize| 100.0 * it as f64 / self.statements.max(1) as f64;
        println!(
            "{} statements: {:.2} % classified, {:.2} % without a part that is not understood",
            self.statements,
            share(self.statements - self.unknown),
            share(understood)
        );
        println!("{:?}", self.kinds);
    }
}

fn line(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|it| **it == b'\n').count() + 1
}
