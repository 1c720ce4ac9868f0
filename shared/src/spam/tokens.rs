//! A text taken apart: words as typed, links, telephone numbers, addresses.

use super::disguise::skeleton;
use crate::text::{fold, with_ascii_digits};

/// Most words that are looked at.
const WORDS: usize = 1_200;

/// A word.
#[derive(Debug)]
pub(super) struct Word {
    /// Folded.
    pub(super) text: String,
    /// What it reads as, where it is written in other letters than it pretends.
    pub(super) seen_as: Option<String>,
    /// Whether it stands in quotation marks.
    pub(super) quoted: bool,
}

/// A text taken apart.
#[derive(Debug, Default)]
pub(super) struct Tokens<'t> {
    /// Words in their order; of links, numbers and addresses there are none.
    pub(super) words: Vec<Word>,
    /// Pieces between spaces, as typed, that hold at least one letter.
    pub(super) typed: Vec<&'t str>,
    /// Addresses of pages, in lower case, without their scheme.
    pub(super) links: Vec<String>,
    /// Telephone numbers, their digits; each once.
    pub(super) phones: Vec<String>,
    /// Addresses of e-mail; each once.
    pub(super) emails: Vec<String>,
    /// Names behind an `@`.
    pub(super) handles: Vec<String>,
}

impl<'t> Tokens<'t> {
    pub(super) fn of(text: &'t str) -> Tokens<'t> {
        let mut tokens = Tokens::default();
        let mut quotes = Quotes::default();
        for piece in text.split_whitespace() {
            if tokens.words.len() >= WORDS {
                break;
            }
            let quoted = quotes.opened_by(piece);
            tokens.piece(piece, quoted);
            quotes.closed_by(piece);
        }
        tokens.phones = phones(text);
        tokens
    }

    fn piece(&mut self, piece: &'t str, quoted: bool) {
        let trimmed = piece.trim_matches(|c: char| !c.is_alphanumeric() && c != '@' && c != '/');
        if let Some(link) = link(trimmed) {
            self.links.push(link);
            return;
        }
        if let Some((name, host)) = trimmed.split_once('@') {
            if !name.is_empty() && host.contains('.') {
                let email = trimmed.to_lowercase();
                if !self.emails.contains(&email) {
                    self.emails.push(email);
                }
                return;
            }
            if name.is_empty() && host.chars().filter(char::is_ascii_alphanumeric).count() >= 4 {
                self.handles.push(host.to_lowercase());
                return;
            }
        }
        if piece.chars().any(char::is_alphabetic) {
            self.typed.push(piece);
        }
        let seen_as = skeleton(trimmed).map(|seen| fold(&seen));
        let folded = fold(piece);
        let mut parts = folded.split(' ').filter(|part| !part.is_empty());
        let first = parts.next();
        let is_single = parts.clone().next().is_none();
        for part in first.into_iter().chain(parts) {
            self.words.push(Word {
                text: part.to_owned(),
                seen_as: None,
                quoted,
            });
        }
        if let Some(seen) = seen_as.filter(|seen| !seen.is_empty() && !seen.contains(' ')) {
            match self.words.last_mut() {
                Some(last) if is_single && first.is_some() => last.seen_as = Some(seen),
                _ => self.words.push(Word {
                    text: seen.clone(),
                    seen_as: Some(seen),
                    quoted,
                }),
            }
        }
    }
}

/// Whether the text is inside quotation marks.
#[derive(Default)]
struct Quotes(Option<char>);

impl Quotes {
    fn opened_by(&mut self, piece: &str) -> bool {
        let opening = piece
            .trim_start_matches(['(', '-', ':', '،', ','])
            .chars()
            .next();
        if self.0.is_none() {
            self.0 = match opening {
                Some('«') => Some('»'),
                Some('“' | '„') => Some('”'),
                Some('"') => Some('"'),
                Some('‘') => Some('’'),
                Some('「') => Some('」'),
                _ => None,
            };
        }
        self.0.is_some()
    }

    fn closed_by(&mut self, piece: &str) {
        let end = piece.trim_end_matches(|c: char| {
            matches!(c, '.' | ',' | '،' | '!' | '?' | ')' | ';' | ':' | '۔' | '؟')
        });
        if let Some(close) = self.0 {
            let opens_only = close == '"' && end.matches('"').count() == 1 && end.starts_with('"');
            if end.ends_with(close) && !opens_only {
                self.0 = None;
            }
        }
    }
}

/// Endings that make two words with a dot between an address.
const ENDINGS: &[&str] = &[
    "com", "net", "org", "info", "biz", "io", "co", "me", "ly", "app", "dev", "xyz", "top", "shop",
    "site", "online", "club", "store", "live", "vip", "win", "bet", "casino", "icu", "click",
    "link", "loan", "work", "fun", "life", "space", "website", "today", "buzz", "rest", "cyou",
    "sbs", "bond", "ru", "cn", "tk", "ml", "ga", "cf", "gq", "pw", "su", "cc", "ws", "to", "in",
    "pk", "sa", "ae", "id", "my", "uk", "de", "fr", "tr", "ir", "eg", "gov", "edu", "pro", "tv",
    "gg", "gd", "gl",
];

/// The address that a piece of text is; nothing where it is none.
fn link(piece: &str) -> Option<String> {
    let lower = piece.to_lowercase();
    for scheme in ["https://", "http://", "hxxp://", "hxxps://"] {
        if let Some(at) = lower.find(scheme) {
            return lower.get(at + scheme.len()..).map(str::to_owned);
        }
    }
    let lower = lower.replace("[.]", ".").replace("(.)", ".");
    if let Some(rest) = lower.strip_prefix("www.") {
        return Some(rest.to_owned());
    }
    let host = lower.split(['/', '?']).next().unwrap_or_default();
    let has_path = host.len() < lower.len();
    let (before, ending) = host.rsplit_once('.')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let named = before.len() >= 2
        && before.chars().all(is_name)
        && before.contains(|c: char| c.is_ascii_alphabetic());
    // "sahi kaam.in" and "jam 10.id" are sentences: two letters alone need a path behind them.
    let is_sure = ending.len() > 2 || has_path || before.contains('.');
    (named && !before.contains('@') && is_sure && ENDINGS.contains(&ending)).then_some(lower)
}

/// Telephone numbers: 8 to 15 digits, as people group them.
fn phones(text: &str) -> Vec<String> {
    let text = with_ascii_digits(text);
    let mut phones: Vec<String> = Vec::new();
    let mut digits = String::new();
    let mut gap = 0;
    for c in text.chars().chain(['\n', '\n']) {
        match c {
            '0'..='9' => {
                digits.push(c);
                gap = 0;
            }
            '+' if digits.is_empty() => {}
            ' ' | '-' | '(' | ')' | '.' if !digits.is_empty() && gap == 0 => gap = 1,
            _ => {
                // Coordinates, dates and prices are shorter, or have other marks inside.
                if (9..=15).contains(&digits.len())
                    && !phones.contains(&digits)
                    && phones.len() < 16
                {
                    phones.push(std::mem::take(&mut digits));
                }
                digits.clear();
                gap = 0;
            }
        }
    }
    phones
}
