//! Fields of forms: each with its label, its hint, and what is to be mended in it, tied together for
//! whoever hears the page instead of seeing it.

use maud::{Markup, html};

use super::words::Words;

/// A field of a form.
pub(super) struct Field<'a> {
    pub(super) words: Words,
    /// Its id and its name.
    pub(super) id: &'a str,
    pub(super) label: &'a str,
    /// What helps to fill it in; empty where nothing does.
    pub(super) hint: &'a str,
    /// What is to be mended.
    pub(super) fault: Option<String>,
    pub(super) optional: bool,
}

/// How a line of text is typed, for keyboards and browsers.
#[derive(Clone, Copy, Default)]
pub(super) struct Typing {
    pub(super) kind: &'static str,
    pub(super) mode: Option<&'static str>,
    pub(super) autocomplete: &'static str,
    /// `auto` for words, `ltr` for numbers and codes.
    pub(super) dir: &'static str,
    pub(super) class: &'static str,
}

impl Typing {
    /// Words, in whichever direction they are written. Where a browser may not complete a field it
    /// does not fill it in again either on the way back to its page.
    pub(super) const WORDS: Typing = Typing {
        kind: "text",
        mode: None,
        autocomplete: "on",
        dir: "auto",
        class: "inp",
    };
    /// Coordinates, and numbers that stand on things.
    pub(super) const PLACE: Typing = Typing {
        dir: "ltr",
        ..Typing::WORDS
    };
    /// Numbers and codes that are nobody else's to see.
    pub(super) const CODE: Typing = Typing {
        autocomplete: "off",
        ..Typing::PLACE
    };
    pub(super) const PHONE: Typing = Typing {
        kind: "tel",
        autocomplete: "tel",
        dir: "ltr",
        ..Typing::WORDS
    };
    pub(super) const EMAIL: Typing = Typing {
        kind: "email",
        autocomplete: "email",
        dir: "ltr",
        ..Typing::WORDS
    };
    pub(super) const DECIMAL: Typing = Typing {
        mode: Some("decimal"),
        dir: "ltr",
        ..Typing::WORDS
    };
    pub(super) const MOMENT: Typing = Typing {
        kind: "datetime-local",
        dir: "ltr",
        ..Typing::WORDS
    };
    pub(super) const ONE_TIME: Typing = Typing {
        mode: Some("numeric"),
        autocomplete: "one-time-code",
        dir: "ltr",
        class: "inp code",
        ..Typing::WORDS
    };
}

/// Something that can be chosen: its value, its label, and a line below that.
pub(super) struct Choice<'a> {
    pub(super) value: &'a str,
    pub(super) label: &'a str,
    pub(super) hint: &'a str,
}

impl Field<'_> {
    /// A line.
    pub(super) fn line(&self, typing: Typing, value: &str) -> Markup {
        html! {
            div class="fld" {
                (self.label())
                (self.said())
                input class=(typing.class) id=(self.id) name=(self.id) type=(typing.kind)
                    inputmode=[typing.mode] autocomplete=(typing.autocomplete) dir=(typing.dir)
                    spellcheck=(if typing.dir == "auto" { "true" } else { "false" })
                    aria-describedby=[self.described()] aria-invalid=[self.invalid()] value=(value);
            }
        }
    }

    /// Several lines.
    pub(super) fn area(&self, rows: u8, value: &str) -> Markup {
        html! {
            div class="fld" {
                (self.label())
                (self.said())
                // The line's end after the tag is the markup's, not the text's.
                textarea class="inp" id=(self.id) name=(self.id) rows=(rows) dir="auto"
                    aria-describedby=[self.described()] aria-invalid=[self.invalid()] { "\n" (value) }
            }
        }
    }

    /// What was typed, to be read and copied.
    pub(super) fn kept(&self, value: &str) -> Markup {
        html! {
            div class="fld" {
                (self.label())
                textarea class="inp" id=(self.id) rows="3" dir="auto" readonly { "\n" (value) }
            }
        }
    }

    /// One of a long list; nothing is chosen where `value` is none of it.
    pub(super) fn select(&self, none: &str, choices: &[Choice<'_>], value: &str) -> Markup {
        html! {
            div class="fld" {
                (self.label())
                (self.said())
                select class="inp" id=(self.id) name=(self.id)
                    aria-describedby=[self.described()] aria-invalid=[self.invalid()] {
                    @if !none.is_empty() { option value="" { (none) } }
                    @for choice in choices {
                        option value=(choice.value) selected[choice.value == value] { (choice.label) }
                    }
                }
            }
        }
    }

    /// One of a few, or some of them where `several`; nothing is chosen that was not.
    pub(super) fn choices(
        &self,
        choices: &[Choice<'_>],
        chosen: &[String],
        several: bool,
    ) -> Markup {
        html! {
            fieldset class="fld" aria-describedby=[self.described()] {
                legend { (self.label) (self.optional()) }
                (self.said())
                div class="opts" {
                    @for (index, choice) in choices.iter().enumerate() {
                        (self.choice(choice, chosen, several, index == 0))
                    }
                }
            }
        }
    }

    /// One row of [`choices`](Field::choices). The first has the field's id, so that a link to the
    /// field leads to it.
    pub(super) fn choice(
        &self,
        choice: &Choice<'_>,
        chosen: &[String],
        several: bool,
        is_first: bool,
    ) -> Markup {
        let kind = if several { "checkbox" } else { "radio" };
        html! {
            label class="opt" {
                input type=(kind) name=(self.id) value=(choice.value) id=[is_first.then_some(self.id)]
                    checked[chosen.iter().any(|it| it == choice.value)];
                span {
                    span dir="auto" { (choice.label) }
                    @if !choice.hint.is_empty() { small dir="auto" { (choice.hint) } }
                }
            }
        }
    }

    fn label(&self) -> Markup {
        html! { label for=(self.id) { (self.label) (self.optional()) } }
    }

    pub(super) fn optional(&self) -> Markup {
        html! { @if self.optional { " " span class="opt-mark" { (self.words.say("optional")) } } }
    }

    /// The hint and the fault, each under an id that the field names.
    pub(super) fn said(&self) -> Markup {
        html! {
            @if !self.hint.is_empty() { p class="hint" id={ (self.id) "-hint" } { (self.hint) } }
            @if let Some(fault) = &self.fault {
                p class="err" id={ (self.id) "-err" } {
                    span class="vh" { (self.words.say("error")) ": " }
                    (fault)
                }
            }
        }
    }

    /// The ids of what is said of it.
    pub(super) fn described(&self) -> Option<String> {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let fault = self.fault.as_ref().map(|_| format!("{}-err", self.id));
        let all: Vec<String> = hint.into_iter().chain(fault).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.fault.as_ref().map(|_| "true")
    }
}

/// What is to be mended on a page, at its top: each with a link to its field, where that stands
/// `beneath` it.
pub(super) fn summary(words: Words, faults: &[(String, String)], beneath: &Markup) -> Markup {
    let is_there = |field: &str| {
        let beneath = beneath.0.as_str();
        !field.is_empty() && beneath.contains(&format!(" id=\"{field}\""))
    };
    html! {
        @if !faults.is_empty() {
            div class="errs" role="alert" tabindex="-1" autofocus {
                h2 { (words.say("errors")) }
                ul {
                    @for (field, told) in faults {
                        li {
                            @if is_there(field) { a href={ "#" (field) } { (told) } }
                            @else { (told) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(fault: Option<&str>) -> Field<'static> {
        Field {
            words: Words::of("en"),
            id: "landmark",
            label: "Street",
            hint: "What will be seen",
            fault: fault.map(str::to_owned),
            optional: false,
        }
    }

    #[test]
    fn a_field_names_its_hint_and_its_fault() {
        let html = field(Some("Type it")).line(Typing::WORDS, "").into_string();
        assert!(html.contains("aria-describedby=\"landmark-hint landmark-err\""));
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("id=\"landmark-err\""));
        let html = field(None).line(Typing::WORDS, "").into_string();
        assert!(html.contains("aria-describedby=\"landmark-hint\"") && !html.contains("invalid"));
    }

    #[test]
    fn what_was_typed_stands_in_the_field_as_text() {
        let typed = "\n\"><script>alert(1)</script></textarea>";
        for html in [
            field(None).line(Typing::WORDS, typed).into_string(),
            field(None).area(3, typed).into_string(),
        ] {
            assert!(!html.contains("<script>"), "{html}");
            assert!(html.contains("&lt;script&gt;"), "{html}");
            assert!(html.contains("&lt;/textarea&gt;"), "{html}");
        }
        // A text that begins with an empty line keeps it.
        assert!(field(None).area(3, "\nx").into_string().contains(">\n\nx<"));
    }

    #[test]
    fn nothing_is_chosen_that_was_not() {
        let choice = |value| Choice {
            value,
            label: value,
            hint: "",
        };
        let choices = [choice("a"), choice("b")];
        let html = |chosen: &[String]| field(None).choices(&choices, chosen, false).into_string();
        assert!(!html(&[]).contains("checked"));
        assert_eq!(html(&["b".into()]).matches(" checked").count(), 1);
    }

    #[test]
    fn the_summary_leads_to_each_field() {
        let faults = [
            ("near".to_owned(), "Choose".to_owned()),
            (String::new(), "Later".into()),
            ("far".to_owned(), "Elsewhere".into()),
        ];
        let beneath = html! { input id="near"; };
        let html = summary(Words::of("en"), &faults, &beneath).into_string();
        assert!(html.contains("<a href=\"#near\">Choose</a>") && html.contains("<li>Later</li>"));
        assert!(html.contains("<li>Elsewhere</li>"));
        assert_eq!(summary(Words::of("en"), &[], &beneath).into_string(), "");
    }
}
