//! Messages: each must fit into one, with its place holders at their longest.

use super::{Check, Fault, pointer, some_of};
use crate::municipality::{IdentityMethod, Templates};

/// Characters of one message in UCS-2, which any letter outside of GSM 03.38 forces.
const UCS2_UNITS: usize = 70;
/// Characters of one message in the GSM 7-bit alphabet.
const GSM_SEPTETS: usize = 160;
/// `EP-7K3M9-QX2RT-D` beyond its prefix.
const NUMBER_AFTER_PREFIX: usize = 14;
/// Characters of a link before the number in it: `https://` and a short host with its path.
const LINK_BEFORE_NUMBER: usize = 24;
/// The longest name of a state in any language.
const STATE: usize = 24;
/// Stands for a letter of a language that is not written in GSM 03.38.
const LETTER: &str = "ح";
/// `K7QF5-2MDX9`.
const CODE: usize = 11;
/// `K7QF5-2MDX9`, a tracking code.
const SECRET: usize = 11;

impl Check<'_> {
    pub(super) fn templates(&mut self) {
        let document = self.document;
        let by_code = [IdentityMethod::PhoneCode, IdentityMethod::EmailCode];
        let sends_codes = document
            .identity
            .methods
            .iter()
            .any(|it| by_code.contains(it));
        if sends_codes && document.templates.code.is_empty() {
            self.fault(
                "/templates/code",
                "message.missing",
                "codes are offered under /identity/methods, and no message carries them",
                "write one with {code} in each language, or take phone_code and email_code out",
            );
        }
        for (event, template) in document.templates.all() {
            for (language, text) in &template.0 {
                let path = pointer(&format!("/templates/{event}"), language);
                self.placeholders(&path, text);
                self.needed(&path, event, text);
                let longest = self.longest(text, language);
                let (units, most) = match septets(&longest) {
                    Some(septets) => (septets, GSM_SEPTETS),
                    None => (longest.encode_utf16().count(), UCS2_UNITS),
                };
                if units > most {
                    self.fault(
                        path,
                        "message.long",
                        format!("it takes {units} characters with its place holders at their longest, and one message holds {most}"),
                        "shorten it: two messages cost twice and may arrive apart",
                    );
                }
            }
        }
    }

    fn placeholders(&mut self, path: &str, text: &str) {
        for part in text.split('{').skip(1) {
            let name = part.split('}').next().unwrap_or_default();
            let is_closed = part.contains('}');
            if is_closed && Templates::PLACEHOLDERS.contains(&name) {
                continue;
            }
            let message = format!("there is no place holder {{{name}}}");
            let instead = format!(
                "write one of {} in braces",
                some_of(&Templates::PLACEHOLDERS)
            );
            self.faults.push(
                Fault::new(path, "placeholder.unknown", message, instead)
                    .near(name, Templates::PLACEHOLDERS.into_iter()),
            );
        }
    }

    /// What a message is sent for stands in it.
    fn needed(&mut self, path: &str, event: &str, text: &str) {
        let name = match event {
            "code" => "code",
            "received" | "overdue" => "number",
            "taken_in" => "secret",
            _ => return,
        };
        let place = format!("{{{name}}}");
        // A misspelt one is told already.
        let is_told = self.faults.last().is_some_and(|fault| fault.path == path);
        if !text.contains(&place) && !is_told {
            let message = format!("{place} is what this message is for, and it is not in it");
            let instead = format!("write {place} where it belongs");
            let mut fault = Fault::new(path, "placeholder.missing", message, instead);
            fault.suggestion = Some(name.to_owned());
            self.faults.push(fault);
        }
    }

    /// `text` with what its place holders stand for at their longest. Digits stand for links and
    /// codes: they are in every alphabet; a state is written in its language's.
    fn longest(&self, text: &str, language: &str) -> String {
        let number = self.document.prefix.chars().count() + NUMBER_AFTER_PREFIX;
        let letter = match language {
            "ar" | "ur" | "hi" => LETTER,
            _ => "0",
        };
        let text = text
            .replace("{number}", &"0".repeat(number))
            .replace("{link}", &"0".repeat(LINK_BEFORE_NUMBER + number))
            .replace("{state}", &letter.repeat(STATE))
            .replace("{code}", &"0".repeat(CODE))
            .replace("{secret}", &"0".repeat(SECRET));
        let agencies = self.document.agencies.iter();
        agencies
            .map(|agency| {
                text.replace("{agency}", agency.names.in_language(language))
                    .replace("{contact}", &agency.contact)
            })
            .max_by_key(|text| text.encode_utf16().count())
            .unwrap_or(text)
    }
}

/// The length in septets of a text that is all GSM 03.38; nothing where a letter of it is not.
fn septets(text: &str) -> Option<usize> {
    const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    // Each takes an escape before it.
    const EXTENDED: &str = "\u{000C}^{}\\[~]|€";
    text.chars().try_fold(0, |sum, letter| {
        if BASIC.contains(letter) {
            Some(sum + 1)
        } else {
            EXTENDED.contains(letter).then_some(sum + 2)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<usize>) {
        assert_eq!(septets(text), expected, "{text}");
    }

    #[test]
    fn only_the_letters_of_the_old_alphabet_fit_a_hundred_and_sixty() {
        check("Your report is closed", Some(21));
        check("5 €", Some(4));
        check("رقم بلاغك", None);
        check("It’s done", None);
    }
}
