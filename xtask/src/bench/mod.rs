//! `cargo xtask bench [NAME]`: measures beside peers, all engines in one run.
//!
//! Each bench prints its table and writes `target/bench/NAME.json`; `--update` also writes
//! `tests/snapshots/bench-NAME.json` and the table in its page of the documentation, so that
//! numbers change only in a commit. Times are never tests: they are ratios to peers.

mod district;
mod edge;
mod origin;
mod rules;
mod table;
mod widget;

use crate::failure::Failure;
use crate::files;
use crate::progress::Progress;
use crate::workspace::Workspace;
use table::Table;

/// A bench: its name, its page of documentation, and what measures.
struct Bench {
    name: &'static str,
    page: &'static str,
    measure: fn(&Workspace, &Progress) -> Result<Table, Failure>,
}

const BENCHES: [Bench; 5] = [
    Bench {
        name: "district",
        page: "www/docs/districts.md",
        measure: district::measure,
    },
    Bench {
        name: "edge",
        page: "www/docs/edge.md",
        measure: edge::measure,
    },
    Bench {
        name: "origin",
        page: "www/docs/figures.md",
        measure: origin::measure,
    },
    Bench {
        name: "rules",
        page: "www/docs/rules.md",
        measure: rules::measure,
    },
    Bench {
        name: "widget",
        page: "www/docs/widget.md",
        measure: widget::measure,
    },
];

/// Runs the bench of this name, or all of them.
pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    name: Option<&str>,
    update: bool,
) -> Result<(), Failure> {
    let names: Vec<&str> = BENCHES.iter().map(|bench| bench.name).collect();
    if let Some(name) = name
        && !names.contains(&name)
    {
        return Err(Failure::new(format!("there is no bench `{name}`"))
            .mend(format!("one of: {}", names.join(", "))));
    }
    for bench in BENCHES {
        if name.is_none_or(|name| name == bench.name) {
            let table = (bench.measure)(workspace, progress)?;
            progress.print(&table.markdown());
            write(workspace, &bench, &table, update)?;
        }
    }
    Ok(())
}

fn write(workspace: &Workspace, bench: &Bench, table: &Table, update: bool) -> Result<(), Failure> {
    let mut json = serde_json::to_vec_pretty(table)
        .map_err(|error| Failure::new(format!("the table is no JSON: {error}")))?;
    json.push(b'\n');
    let name = &bench.name;
    files::write(&workspace.target(&format!("bench/{name}.json")), &json)?;
    if !update {
        return Ok(());
    }
    files::write(
        &workspace.path(&format!("tests/snapshots/bench-{name}.json")),
        &json,
    )?;
    let path = workspace.path(bench.page);
    let page = with_table(&files::read_text(&path)?, name, table)
        .ok_or_else(|| Failure::new(format!("{} has no place for the table", bench.page)))?;
    files::write(&path, page.as_bytes())
}

/// The page with the table between its two marks.
fn with_table(page: &str, name: &str, table: &Table) -> Option<String> {
    let (begin, end) = (format!("<!-- bench {name} -->\n"), "<!-- end of bench -->");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(end)?;
    let table = table.markdown();
    let machine = table::machine();
    Some(format!(
        "{before}{begin}{table}\nOn {machine}.\n{end}{after}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_keeps_all_but_its_table() {
        let table = Table {
            name: "x".into(),
            machine: "none".into(),
            rows: Vec::new(),
        };
        let page = "before\n<!-- bench x -->\nold\n<!-- end of bench -->\nafter\n";
        let new = with_table(page, "x", &table).unwrap_or_default();
        assert!(
            new.starts_with("before\n<!-- bench x -->\n| row |"),
            "{new}"
        );
        assert!(
            new.ends_with("<!-- end of bench -->\nafter\n") && !new.contains("old"),
            "{new}"
        );
        assert_eq!(with_table("no place", "x", &table), None);
    }
}
