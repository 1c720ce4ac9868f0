//! Where it is, without a map: the list of municipalities and a street, and for who knows it more
//! exactly a point. Whose it is the edge decides.

use balagh_shared::municipality::Ask;
use maud::{Markup, html};

use super::draft::UNDECIDED;
use super::place::{Found, found};
use super::sheet::{Sheet, note};
use crate::pages::field::{Choice, Typing};
use crate::pages::frame::call;

pub(super) fn body(sheet: &Sheet<'_>) -> Markup {
    let (words, draft) = (sheet.words, sheet.draft);
    let language = words.language();
    let districts: Vec<Choice<'_>> = sheet
        .served
        .public()
        .districts
        .iter()
        .map(|it| Choice {
            value: &it.id,
            label: it.names.in_language(language),
            hint: "",
        })
        .collect();
    let mut districts = districts;
    districts.sort_by(|one, other| one.label.cmp(other.label));
    let found = found(draft, sheet.served);
    let may_go_without = draft.asks(sheet.served.public()).place == Ask::Optional;
    let mut district = sheet.field("district", words.say("district"), "");
    district.optional = may_go_without;
    let mut landmark = sheet.field(
        "landmark",
        words.say("landmark"),
        words.say("landmark.hint"),
    );
    landmark.optional = may_go_without;
    let mut exact = sheet.field("exact", words.say("exact"), words.say("exact.hint"));
    exact.optional = true;
    let mut asset = sheet.field("asset", words.say("asset"), "");
    asset.optional = true;
    html! {
        (sheet.subject())
        (beside(sheet, &found))
        (district.select(words.say("district.choose"), &districts, &draft.district))
        (landmark.line(Typing::WORDS, &draft.landmark))
        h2 class="h3" { (words.say("exact.title")) }
        (exact.line(Typing::PLACE, &draft.exact))
        (asset.line(Typing::PLACE, &draft.asset))
        (sheet.onwards())
    }
}

/// What the point that was typed brings up: the question that a border asks, or whose it is outside.
fn beside(sheet: &Sheet<'_>, found: &Found<'_>) -> Markup {
    let words = sheet.words;
    let draft = sheet.draft;
    match found {
        Found::Between(candidates) => {
            let names: Vec<String> = candidates.iter().map(|id| sheet.district(id)).collect();
            let mut choices: Vec<Choice<'_>> = candidates
                .iter()
                .zip(&names)
                .map(|(id, name)| Choice {
                    value: id,
                    label: name,
                    hint: "",
                })
                .collect();
            choices.push(Choice {
                value: UNDECIDED,
                label: words.say("unsure"),
                hint: words.say("unsure.then"),
            });
            let field = sheet.field("near", words.say("near"), words.say("near.border"));
            let chosen = [draft.near.clone()];
            html! {
                div class="card warn" role="status" {
                    input type="hidden" name="near-asked" value="1";
                    (field.choices(&choices, &chosen, false))
                }
            }
        }
        Found::Outside(area) => outside(sheet, *area),
        Found::Nowhere | Found::Unread | Found::Within(_) => html! {},
    }
}

fn outside(sheet: &Sheet<'_>, area: Option<&str>) -> Markup {
    let (words, document) = (sheet.words, sheet.served.document());
    let language = words.language();
    let organisation = document.names.in_language(language);
    let agency = area.and_then(|area| sheet.served.public().agency_of_area(area));
    let agency = agency.map(|it| (it.names.in_language(language), it.contact.as_str()));
    html! {
        div class="card warn" role="status" {
            @match (agency, area) {
                (Some((name, contact)), Some(area)) => {
                    p { b { (words.fill("outside", &[("org", organisation), ("a", name)])) } }
                    p { (call(contact)) }
                    input type="hidden" name="outside-asked" value="1";
                    @let field = sheet.field("handed", words.say("outside.hand"), words.say("outside.else"));
                    (field.said())
                    label class="opt" {
                        input type="checkbox" id="handed" name="handed" value=(area)
                            aria-describedby=[field.described()] aria-invalid=[field.invalid()]
                            checked[sheet.draft.handed == area];
                        span { (words.say("outside.hand")) }
                    }
                }
                _ => {
                    p { b { (words.fill("outside.unknown", &[("org", organisation)])) } }
                    (note(include_str!("../../../../widget/icons/info.svg"), "",
                        &html! { (words.say("outside.mend")) }))
                }
            }
        }
    }
}
