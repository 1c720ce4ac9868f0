//! Photos: taken in one form, cleaned and kept as the API does, and named by the draft from then on.

use balagh_shared::municipality::PhotoRule;
use balagh_shared::reason::{Reason, Violation};
use maud::{Markup, html};

use super::draft::Draft;
use super::lacks::Fault;
use super::sheet::{Sheet, note};
use crate::pages::door::{Api, Door, is_for};
use crate::pages::form::{Part, PhotoForm};
use crate::pages::frame::icon;

/// The id of the field for files; where no more may be added, the one of those that are here.
pub(super) const FIELD: &str = "photo";
const HERE: &str = "photos";

pub(super) fn body(sheet: &Sheet<'_>) -> Markup {
    let (words, draft, of) = (sheet.words, sheet.draft, sheet.served.public());
    let rule = draft
        .category(of)
        .map_or(PhotoRule::Optional, |it| it.photo);
    let most = of.photos.count;
    let left = usize::from(most).saturating_sub(draft.photos.len());
    let (count, megabytes) = (most.to_string(), (of.photos.bytes / 1_000_000).to_string());
    let mut limits = words.fill("photos.limits", &[("n", &count), ("mb", &megabytes)]);
    if u64::from(of.photos.bytes) * u64::from(most) > sheet.photo_form.photos as u64 {
        let together = words.fill("photos.at_once", &[("mb", &at_once(sheet.photo_form))]);
        limits = format!("{limits}. {together}");
    }
    let field = sheet.field(FIELD, words.say("photo.add"), &limits);
    let here = sheet.field(HERE, "", "");
    html! {
        (sheet.subject())
        @if rule == PhotoRule::Asked { p { (words.say("photo.asked")) } }
        (note(include_str!("../../../../widget/icons/lock.svg"), "card tint", &html! {
            p { (words.say("photos.cleaned")) }
            p { (words.say("people")) }
        }))
        @if !draft.photos.is_empty() {
            (here.said())
            ul class="photos" id=(HERE) tabindex="-1" aria-describedby=[here.described()] {
                @for (index, photo) in draft.photos.iter().enumerate() {
                    @let n = (index + 1).to_string();
                    li class="card" {
                        (icon(include_str!("../../../../widget/icons/camera.svg")))
                        span {
                            b { (words.fill("photo.name", &[("n", &n)])) }
                            small dir="auto" { (photo.name) }
                        }
                        button class="lk" name="go" value={ "remove-" (photo.sha256) } {
                            (words.fill("photo.remove", &[("n", &n)]))
                        }
                    }
                }
            }
        }
        @if left > 0 {
            div class="fld" {
                label for=(FIELD) { (words.say("photo.add")) " " span class="opt-mark" { (words.say("optional")) } }
                (field.said())
                input class="inp file" id=(FIELD) name=(FIELD) type="file" multiple
                    accept="image/jpeg,image/png,image/webp" aria-describedby=[field.described()];
            }
            button class="btn quiet" name="go" value="stay" { (words.say("photos.upload")) }
        }
        (sheet.onwards())
    }
}

/// What one form may bring, in megabytes.
fn at_once(photo_form: PhotoForm) -> String {
    (photo_form.photos / 1_000_000).to_string()
}

/// Takes the photos that came; what is wrong with those that cannot be taken, by the names they have
/// on the sender's device. The others are kept.
pub(super) async fn take(
    door: &Door<'_, impl Api>,
    files: Vec<Part>,
    draft: &mut Draft,
) -> Vec<Fault> {
    let most = door.served.public().photos.count;
    let mut told = Vec::new();
    let mut many: Vec<String> = Vec::new();
    for file in files {
        let called = file.file_name().to_owned();
        let name: String = called.chars().take(60).collect();
        let name = format!("\u{2068}{name}\u{2069}");
        if draft.photos.len() >= usize::from(most) {
            many.push(name);
            continue;
        }
        let taken = match file.missing {
            Some(violation) => Err(vec![violation]),
            None => door.photo(file.bytes, &draft.session).await,
        };
        match taken {
            Ok(sha256) => draft.add_photo(sha256, &called),
            Err(found) if is_for(&found, Reason::RequestTooLarge) => {
                let values = [
                    ("name", name.as_str()),
                    ("mb", &at_once(door.api.photo_form())),
                ];
                told.push(door.words.fill("photos.cut", &values));
            }
            Err(found) => {
                let why = found.first().map(|it| door.words.mend(it));
                told.push(format!("{name}: {}", why.unwrap_or_default()));
            }
        }
    }
    if !many.is_empty() {
        let most = Violation::new(Reason::PhotoCount, "/photos").with("max", most);
        let comma = door.words.say("comma");
        told.push(format!("{}: {}", many.join(comma), door.words.mend(&most)));
    }
    let field = field_for(draft, most);
    let fault = |told| Fault::said(told, field);
    told.into_iter().map(fault).collect()
}

/// The field that what is wrong with photos is told of: there is none for files where no more may be
/// added.
pub(super) fn field_for(draft: &Draft, most: u8) -> &'static str {
    match draft.photos.len() < usize::from(most) {
        true => FIELD,
        false => HERE,
    }
}
