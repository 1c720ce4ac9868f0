//! What stands around every page: its head and policy, the municipality's name, the languages, help.

use std::sync::LazyLock;

use balagh_shared::municipality::Theme;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::words::Words;
use crate::http::Response;
use crate::pages::clock;
use crate::served::Served;

/// Names and values of the widget's tokens: the pages wear the same colours by construction.
const TOKENS: &str = include_str!("../../../widget/style/00-tokens.css");
/// Everything else about how the pages look.
const STYLE: &str = include_str!("style.css");

/// The pages' style sheet, and its hash as a policy names it.
static SHEET: LazyLock<(String, String)> = LazyLock::new(|| {
    let sheet = sheet();
    let hash = hash(&sheet);
    (sheet, hash)
});

/// Which scripts a page may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Scripts {
    /// None: nothing on it needs any.
    None,
    /// The widget's.
    Widget,
}

/// A page.
pub(in crate::pages) struct Page<'a> {
    pub(in crate::pages) words: Words,
    /// What it is called, in its head.
    pub(in crate::pages) title: &'a str,
    /// Whether it says what is to be mended: its title says so first.
    pub(in crate::pages) has_errors: bool,
    /// Whose it is; nobody's for a page about the edge itself.
    pub(in crate::pages) served: Option<&'a Served>,
    pub(in crate::pages) scripts: Scripts,
    /// Who may frame it, as `frame-ancestors` has it.
    pub(in crate::pages) ancestors: &'a str,
    /// The menu of languages; empty where there is but one.
    pub(in crate::pages) languages: Markup,
    /// What stands under the head, on the evening sky.
    pub(in crate::pages) sky: Option<Markup>,
    pub(in crate::pages) body: Markup,
    /// Whether a browser may keep it to go back to, with what was typed on it: a form, on which there
    /// is nothing that its reader does not know.
    pub(in crate::pages) is_kept: bool,
}

impl<'a> Page<'a> {
    /// A page of `served` in `words` that runs no scripts and that nobody else may frame.
    pub(in crate::pages) fn new(words: Words, title: &'a str, body: Markup) -> Page<'a> {
        Page {
            words,
            title,
            has_errors: false,
            served: None,
            scripts: Scripts::None,
            ancestors: "'self'",
            languages: html! {},
            sky: None,
            body,
            is_kept: false,
        }
    }

    /// As it travels. What citizens typed may stand on it: nobody keeps a copy.
    pub(in crate::pages) fn response(self, status: u16) -> Response {
        let header = self.header();
        self.beneath(header, status)
    }

    /// The same under another head.
    pub(in crate::pages) fn beneath(self, header: Markup, status: u16) -> Response {
        let footer = footer(self.words, self.served);
        self.with(status, (header, footer))
    }

    /// The same without anything around its body: what is framed stands on somebody else's page.
    #[cfg(feature = "native")]
    pub(in crate::pages) fn bare(self, status: u16) -> Response {
        self.with(status, (html! {}, html! {}))
    }

    fn name(&self) -> Option<&'a str> {
        let served = self.served?;
        Some(served.document().names.in_language(self.words.language()))
    }

    fn with(self, status: u16, (header, footer): (Markup, Markup)) -> Response {
        let words = self.words;
        let (sheet, hash) = &*SHEET;
        let theme = self.served.map(|served| theme(&served.document().theme));
        let theme = theme.filter(|theme| !theme.is_empty());
        let mut styles = format!("'{hash}'");
        if let Some(theme) = &theme {
            styles = format!("{styles} '{}'", self::hash(theme));
        }
        let name = self.name();
        let document = html! {
            (DOCTYPE)
            html lang=(words.language()) dir=(words.direction()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="format-detection" content="telephone=no";
                    meta name="color-scheme" content="light dark";
                    title {
                        @if self.has_errors { (words.say("error")) ": " }
                        (self.title)
                        @if let Some(name) = name { " – " (name) }
                    }
                    link rel="icon" href="data:,";
                    style { (PreEscaped(sheet)) }
                    @if let Some(theme) = &theme { style { (PreEscaped(theme)) } }
                }
                body {
                    (header)
                    main { (self.body) }
                    (footer)
                }
            }
        };
        let scripts = match self.scripts {
            Scripts::None => "default-src 'none'; img-src 'self' data:",
            Scripts::Widget => {
                "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:"
            }
        };
        let own = match self.scripts {
            Scripts::None => "",
            Scripts::Widget => "'self' ",
        };
        let policy = format!(
            "{scripts}; style-src {own}{styles}; object-src 'none'; base-uri 'none'; \
             form-action 'self'; frame-ancestors {}",
            self.ancestors
        );
        // A form that sends no referrer sends no origin either, by which one of ours is known.
        Response::new(status, "text/html; charset=utf-8", document.into_string())
            .with("content-security-policy", policy)
            .with("referrer-policy", "same-origin")
            .with(
                "cache-control",
                if self.is_kept {
                    "private, no-cache"
                } else {
                    "no-store"
                },
            )
            .with("content-language", words.language())
    }

    /// The head: whose page it is, in which languages there is one, and what stands under it.
    pub(in crate::pages) fn header(&self) -> Markup {
        let name = self.name();
        let class = if self.sky.is_some() { "top sky" } else { "top" };
        html! {
            header class=(class) {
                @if self.sky.is_some() { (lattice()) }
                div class="bar" {
                    (mark())
                    p class="org" { (name.unwrap_or_default()) }
                    (self.languages)
                }
                @if let Some(sky) = &self.sky { div class="under" { (sky) } }
            }
            (self.announcements())
        }
    }

    /// What everybody is told for a while.
    fn announcements(&self) -> Markup {
        let all = self.served.map(|served| &served.document().announcements);
        let now = clock::now();
        let shown = all.into_iter().flatten().filter(|it| it.is_shown(now));
        html! {
            @for announcement in shown {
                p class="banner" { (announcement.text.in_language(self.words.language())) }
            }
        }
    }
}

fn footer(words: Words, served: Option<&Served>) -> Markup {
    let Some(served) = served else {
        return html! {};
    };
    let document = served.document();
    let (help, emergency) = (&document.help.phone, &document.emergency);
    html! {
        footer class="end" {
            p { (words.say("emergency")) " " (call(emergency)) }
            p { (words.say("help.phone")) " " (call(help)) }
        }
    }
}

/// A number to call.
pub(in crate::pages) fn call(number: &str) -> Markup {
    html! { a class="num" dir="ltr" href={ "tel:" (number) } { (number) } }
}

/// The menu of languages, each as `choice` makes it.
pub(in crate::pages) fn language_menu(
    words: Words,
    offered: &[String],
    choice: impl Fn(&str) -> Markup,
) -> Markup {
    let other = |language: &&String| language.as_str() != words.language();
    html! {
        @if offered.iter().any(|it| it != words.language()) {
            details class="lang" {
                summary {
                    (icon(include_str!("../../../widget/icons/globe.svg")))
                    span class="vh" { (words.say("language")) ": " }
                    (Words::name_of(words.language()))
                }
                ul { @for language in offered.iter().filter(other) { li { (choice(language)) } } }
            }
        }
    }
}

/// A drawing of the widget's, 24 × 24.
pub(in crate::pages) fn icon(paths: &str) -> Markup {
    html! {
        svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false" { (PreEscaped(paths)) }
    }
}

fn mark() -> Markup {
    let paths = include_str!("../../../widget/icons/mark.svg");
    html! {
        svg class="mark" viewBox="0 0 32 34" aria-hidden="true" focusable="false" { (PreEscaped(paths)) }
    }
}

/// The evening's lattice, as over the widget's first screen.
fn lattice() -> Markup {
    html! {
        (PreEscaped(include_str!("../../../widget/icons/lattice.svg")))
    }
}

/// The municipality's own colours, as the tokens take them in.
fn theme(theme: &Theme) -> String {
    let plain = |text: &str| {
        let allowed = |it: char| it.is_ascii_alphanumeric() || "#(),.% -".contains(it);
        !text.is_empty() && text.chars().all(allowed)
    };
    let own = theme.0.iter();
    let own = own.filter(|(name, value)| plain(name) && plain(value));
    let own: String = own
        .map(|(name, value)| format!("--balagh-{name}:{value};"))
        .collect();
    if own.is_empty() {
        String::new()
    } else {
        format!(":root{{{own}}}")
    }
}

/// The tokens that the pages use, light and dark, and what they are used for.
fn sheet() -> String {
    let light = TOKENS.split_once("\n.frame {").map_or("", |(_, it)| it);
    let dark = TOKENS.split_once("@media (prefers-color-scheme: dark)");
    let dark = dark
        .and_then(|(_, it)| it.split_once(".frame {"))
        .map_or("", |(_, it)| it);
    format!(
        ":root{{color-scheme:light dark;{}}}@media (prefers-color-scheme:dark){{:root{{{}}}}}\n{STYLE}",
        used(light),
        used(dark)
    )
}

/// The tokens of a block that stand in [`STYLE`].
fn used(block: &str) -> String {
    let pieces = block.split("/*");
    let block: String = pieces
        .map(|piece| piece.split_once("*/").map_or(piece, |(_, behind)| behind))
        .collect();
    let block = block.split_once('}').map_or("", |(it, _)| it);
    let tokens = block.lines().map(str::trim);
    let is_used = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default();
        line.starts_with("--")
            && (STYLE.contains(&format!("var({name})")) || STYLE.contains(&format!("var({name},")))
    };
    tokens.filter(is_used).collect()
}

fn hash(style: &str) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(style.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_wear_every_token_they_name_in_light_and_the_colours_in_dark() {
        let sheet = sheet();
        let (light, dark) = sheet.split_once("@media").unwrap();
        for rest in STYLE.split("var(--").skip(1) {
            let name = rest.split([')', ',']).next().unwrap();
            let own = STYLE.contains(&format!("--{name}:"));
            assert!(own || light.contains(&format!("--{name}:")), "{name}");
        }
        for colour in ["bg", "ink", "brand", "danger", "surface", "edge", "focus"] {
            let token = format!("--{colour}:");
            let dark = dark.split_once("}}").unwrap().0;
            assert!(light.contains(&token) && dark.contains(&token), "{colour}");
        }
    }

    #[test]
    fn a_theme_says_colours_and_nothing_else() {
        let of = |name: &str, value: &str| theme(&Theme([(name.into(), value.into())].into()));
        assert_eq!(of("brand", "#0E6A4F"), ":root{--balagh-brand:#0E6A4F;}");
        for value in ["red}body{display:none", "url(//x)", "a;b", "</style>", ""] {
            assert_eq!(of("brand", value), "", "{value}");
        }
    }

    #[test]
    fn a_page_runs_nothing_and_its_style_is_known_by_its_hash() {
        let page = Page::new(Words::of("ar"), "<b>", html! { p { "<i>" } });
        let response = page.response(200);
        let policy = response.headers.get("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        let html = String::from_utf8(response.body).unwrap();
        let style = html.split_once("<style>").unwrap().1;
        let style = style.split_once("</style>").unwrap().0;
        assert!(policy.contains(&hash(style)), "{policy}");
        assert!(html.contains("&lt;b&gt;") && html.contains("&lt;i&gt;"));
        assert!(!html.contains("<script") && html.contains("dir=\"rtl\""));
    }
}
