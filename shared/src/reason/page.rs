//! The catalogue as a page for people who write clients: `www/docs/reasons.md`.

use std::fmt::Write as _;

use super::{Action, Reason, Severity, Violation};
use crate::problem::sentence;

const HEAD: &str = "\
# What a client can be told

Written from the catalogue in `shared/src/reason/`; `BALAGH_BLESS=1 cargo test -p balagh-tests --test
tidy` writes it again.

A refusal is `application/problem+json` (RFC 9457). Its `code` and the `code` of each of its
`violations` are one of those below; `type` leads here. `field` is a JSON Pointer (RFC 6901) into what
was sent, `params` holds the figures named, and the sentence comes in the language that
`Accept-Language` prefers. A client that meets a code it does not know goes by the HTTP status.

";

/// The page, in Markdown: a table of all of them, then a section each with its anchor.
#[must_use]
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    // Writing to a string cannot fail.
    let _ = table(&mut page);
    for reason in Reason::ALL {
        let _ = section(&mut page, *reason);
    }
    page
}

fn table(page: &mut String) -> std::fmt::Result {
    page.push_str("| what a client does | with | |\n| --- | --- | --- |\n");
    for (action, name, meaning) in ACTIONS {
        let statuses: std::collections::BTreeSet<u16> = Reason::ALL
            .iter()
            .filter(|reason| reason.action() == *action)
            .map(|reason| reason.status())
            .collect();
        let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
        writeln!(page, "| {name} | {} | {meaning} |", statuses.join(", "))?;
    }
    page.push_str("\n| kind | |\n| --- | --- |\n");
    for (_, name, meaning) in KINDS {
        writeln!(page, "| {name} | {meaning} |")?;
    }
    page.push_str("\n| code | status | kind | a client |\n| --- | --- | --- | --- |\n");
    for reason in Reason::ALL {
        writeln!(
            page,
            "| [`{code}`](#{code}) | {} | {} | {} |",
            reason.status(),
            kind(*reason),
            action(*reason),
            code = reason.code(),
        )?;
    }
    Ok(())
}

fn section(page: &mut String, reason: Reason) -> std::fmt::Result {
    let code = reason.code();
    writeln!(
        page,
        "\n<a id=\"{code}\"></a>\n\n## `{code}`\n\n{}\n",
        reason.meaning()
    )?;
    writeln!(
        page,
        "HTTP {}; {}; a client {}.",
        reason.status(),
        kind(reason),
        action(reason)
    )?;
    if !reason.params().is_empty() {
        let params: Vec<String> = reason.params().iter().map(|it| format!("`{it}`")).collect();
        writeln!(page, "Figures: {}.", params.join(", "))?;
    }
    writeln!(page, "\n> {}", sentence(&Violation::new(reason, ""), "en"))
}

const ACTIONS: &[(Action, &str, &str)] = &[
    (
        Action::Nothing,
        "does nothing",
        "It stands beside a receipt, or in the municipality's records.",
    ),
    (
        Action::Ask,
        "asks",
        "It puts the sentence before the person, under the field.",
    ),
    (
        Action::Renew,
        "renews",
        "It fetches a new session, or a new identity from the page around it, and sends again with the same key.",
    ),
    (
        Action::Work,
        "works",
        "It does the work that the answer names, and sends again with the same key.",
    ),
    (
        Action::Wait,
        "waits",
        "It keeps what it has and sends it again later with the same key, after `Retry-After` where there is one.",
    ),
];

const KINDS: &[(Severity, &str, &str)] = &[
    (
        Severity::Mend,
        "to mend",
        "Whoever fills in the form can see it and mend it.",
    ),
    (
        Severity::Caller,
        "the caller's",
        "The program that calls did something wrong that its user can do nothing about.",
    ),
    (
        Severity::Challenge,
        "challenge",
        "The client clears it by itself, with something fresh or with work.",
    ),
    (
        Severity::Hostile,
        "hostile",
        "No honest program sends this.",
    ),
    (
        Severity::Mark,
        "mark",
        "Never refuses: a word to the municipality beside a receipt.",
    ),
    (
        Severity::Ours,
        "ours",
        "Nobody outside did anything wrong: something here is away, busy or full.",
    ),
];

fn action(reason: Reason) -> &'static str {
    let known = ACTIONS
        .iter()
        .find(|(action, ..)| *action == reason.action());
    known.map_or("", |(_, name, _)| name)
}

fn kind(reason: Reason) -> &'static str {
    let known = KINDS.iter().find(|(kind, ..)| *kind == reason.severity());
    known.map_or("", |(_, name, _)| name)
}
