//! Which category: what the words suggest first, then all there are, and a search among them. Nothing
//! is chosen before the citizen does.

use balagh_shared::categorise::{Label, UNSURE};
use balagh_shared::municipality::PublicCategory;
use maud::{Markup, html};

use super::sheet::Sheet;
use super::step::choices;
use crate::pages::field::{Choice, Field, Typing};

/// Most suggestions from the words: as many as in the widget.
const MOST: usize = 3;
/// The least likely one that is worth a line of a small screen.
const LEAST: f64 = 0.05;
/// Most that a search shows.
const MOST_FOUND: usize = 12;

pub(super) fn body(sheet: &Sheet<'_>) -> Markup {
    let words = sheet.words;
    let of = sheet.served.public();
    let all: Vec<&PublicCategory> = choices(sheet.draft, of).collect();
    let found = found(sheet, &all);
    let suggested = match sheet.search.trim() {
        "" => suggested(sheet, &all),
        _ => Vec::new(),
    };
    let chosen: Vec<String> = sheet.draft.category.iter().cloned().collect();
    let field = sheet.field("category", words.say("group"), "");
    let first = found
        .first()
        .or(suggested.first())
        .map(|it| it.code.as_str());
    let rows = |categories: &[&PublicCategory]| {
        html! {
            div class="opts" {
                @for category in categories {
                    (row(&field, sheet, category, &chosen, first == Some(&category.code)))
                }
            }
        }
    };
    let unsure = all.iter().find(|it| it.code == UNSURE);
    let shown = |it: &PublicCategory| found.iter().chain(&suggested).any(|by| by.code == it.code);
    html! {
        div class="search" {
            (sheet.field("search", words.say("search.category"), "").line(Typing::WORDS, sheet.search))
            button class="btn quiet fit" name="go" value="stay" { (words.say("search")) }
        }
        fieldset class="fld" id=[first.is_none().then_some("category")]
            aria-describedby=[field.described()] {
            legend class="vh" { (words.say("group")) }
            (field.said())
            @if !sheet.search.trim().is_empty() {
                h2 class="h3" role="status" {
                    @if found.is_empty() { (words.fill("search.none", &[("q", sheet.search)])) }
                    @else { (words.say("search.found")) }
                }
                (rows(&found))
            } @else if !suggested.is_empty() {
                h2 class="h3" { (words.say("suggest")) }
                (rows(&suggested))
            }
            @if !found.is_empty() || !suggested.is_empty() {
                h2 class="h3" { (words.say("list")) }
            }
            @for group in &of.groups {
                @let own: Vec<&PublicCategory> = group.categories.iter()
                    .filter(|it| it.kind == sheet.draft.kind && it.code != UNSURE && !shown(it)).collect();
                @if !own.is_empty() {
                    details class="group" open[is_open(&own, &chosen, all.len())] {
                        summary { (group.names.in_language(words.language())) }
                        (rows(&own))
                    }
                }
            }
            @if let Some(unsure) = unsure {
                div class="opts" { (row(&field, sheet, unsure, &chosen, first == Some(&unsure.code))) }
            }
        }
        (sheet.onwards())
    }
}

/// A group stands open where it holds what was chosen, and where there is little to choose from.
fn is_open(own: &[&PublicCategory], chosen: &[String], all: usize) -> bool {
    all <= 6 || own.iter().any(|it| chosen.contains(&it.code))
}

fn row(
    field: &Field<'_>,
    sheet: &Sheet<'_>,
    category: &PublicCategory,
    chosen: &[String],
    is_first: bool,
) -> Markup {
    let language = sheet.words.language();
    let label = match category.code.as_str() {
        UNSURE => sheet.words.say("unsure.cat"),
        _ => category.names.in_language(language),
    };
    let agency = category.transfer.as_deref();
    let agency = agency.and_then(|id| sheet.served.public().agency(id));
    let hint = agency.map_or_else(String::new, |it| {
        let name = it.names.in_language(language);
        sheet.words.fill("agency.has", &[("a", name)])
    });
    let choice = Choice {
        value: &category.code,
        label,
        hint: &hint,
    };
    field.choice(&choice, chosen, false, is_first)
}

/// What the citizen's words are about, among the categories of the kind.
fn suggested<'m>(sheet: &Sheet<'_>, all: &[&'m PublicCategory]) -> Vec<&'m PublicCategory> {
    let Some(categorisers) = sheet.served.categorisers() else {
        return Vec::new();
    };
    let text = &sheet.draft.description;
    if text.trim().is_empty() {
        return Vec::new();
    }
    let allowed = |code: &str| all.iter().any(|it| it.code == code);
    let suggestions = categorisers.suggest_among(text, &allowed);
    suggestions
        .into_iter()
        .filter(|it| it.category != UNSURE && it.score >= LEAST)
        .take(MOST)
        .filter_map(|it| all.iter().find(|category| category.code == it.category))
        .copied()
        .collect()
}

/// What a search finds, by names in all languages and by keywords.
fn found<'m>(sheet: &Sheet<'_>, all: &[&'m PublicCategory]) -> Vec<&'m PublicCategory> {
    let query: String = sheet.search.chars().take(80).collect();
    let Some(categorisers) = sheet.served.categorisers() else {
        return Vec::new();
    };
    let groups = &sheet.served.public().groups;
    let names: Vec<Vec<&str>> = all
        .iter()
        .map(|category| {
            let holds = |group: &&balagh_shared::municipality::PublicGroup| {
                group.categories.iter().any(|it| it.code == category.code)
            };
            let of_group = groups.iter().find(holds);
            let of_group = of_group.into_iter().flat_map(|it| it.names.0.values());
            let own = category.names.0.values().chain(of_group);
            own.map(String::as_str).collect()
        })
        .collect();
    let labels: Vec<Label<'_>> = all
        .iter()
        .zip(&names)
        .map(|(category, names)| Label {
            code: &category.code,
            names,
        })
        .collect();
    let codes = categorisers.search(&query, &labels);
    codes
        .into_iter()
        // It is the last row, whatever is looked for.
        .filter(|code| *code != UNSURE)
        .take(MOST_FOUND)
        .filter_map(|code| all.iter().find(|it| it.code == code))
        .copied()
        .collect()
}
