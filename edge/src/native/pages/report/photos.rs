//! Photos: taken in one form, cleaned and kept as the API does, and named by the draft from then on.

use balagh_shared::municipality::PhotoRule;
use balagh_shared::reason::{Reason, Violation};
use maud::{Markup, html};

use super::draft::Draft;
use super::lacks::Fault;
use super::sheet::{Sheet, note};
use crate::native::form::Part;
use crate::native::pages::door::Door;
use crate::native::pages::frame::icon;

pub(super) fn body(sheet: &Sheet<'_>) -> Markup {
    let (words, draft, of) = (sheet.words, sheet.draft, sheet.served.public());
    let rule = draft
        .category(of)
        .map_or(PhotoRule::Optional, |it| it.photo);
    let most = of.photos.count;
    let left = usize::from(most).saturating_sub(draft.photos.len());
    let (count, megabytes) = (most.to_string(), (of.photos.bytes / 1_000_000).to_string());
    let limits = words.fill("photos.limits", &[("n", &count), ("mb", &megabytes)]);
    let field = sheet.field("photo", words.say("photo.add"), &limits);
    html! {
        (sheet.subject())
        @if rule == PhotoRule::Asked { p { (words.say("photo.asked")) } }
        (note(include_str!("../../../../../widget/icons/lock.svg"), "card tint", &html! {
            p { (words.say("photos.cleaned")) }
            p { (words.say("people")) }
        }))
        @if !draft.photos.is_empty() {
            ul class="photos" {
                @for (index, photo) in draft.photos.iter().enumerate() {
                    @let n = (index + 1).to_string();
                    li class="card" {
                        (icon(include_str!("../../../../../widget/icons/camera.svg")))
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
                label for="photo" { (words.say("photo.add")) " " span class="opt-mark" { (words.say("optional")) } }
                (field.said())
                input class="inp file" id="photo" name="photo" type="file" multiple
                    accept="image/jpeg,image/png,image/webp" aria-describedby=[field.described()];
            }
            button class="btn quiet" name="go" value="stay" { (words.say("photos.upload")) }
        }
        (sheet.onwards())
    }
}

/// Takes the photos that came; what is wrong with those that cannot be taken, by the names they have
/// on the sender's device. The others are kept.
pub(super) async fn take(door: &Door<'_>, files: Vec<Part>, draft: &mut Draft) -> Vec<Fault> {
    let most = door.served.public().photos.count;
    let mut faults = Vec::new();
    for file in files {
        if draft.photos.len() >= usize::from(most) {
            let many = Violation::new(Reason::PhotoCount, "/photos").with("max", most);
            faults.push(Fault::of(many, "photo"));
            break;
        }
        let name = file.file_name().to_owned();
        match door.photo(file.bytes, &draft.session).await {
            Ok(sha256) => draft.add_photo(sha256, &name),
            Err(found) => {
                let name: String = name.chars().take(60).collect();
                let told = found.first().map(|it| door.words.mend(it));
                let told = told.unwrap_or_default();
                faults.push(Fault::said(
                    format!("\u{2068}{name}\u{2069}: {told}"),
                    "photo",
                ));
            }
        }
    }
    faults
}
