//! The one catalogue of everything a client can be told.
//!
//! A reason's code is at once what the wire carries, the key of its sentence in
//! `shared/locales/<language>.json`, the label in the metrics and the anchor in the documentation.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

macro_rules! reasons {
    ($($variant:ident $code:literal $status:literal $doc:literal;)*) => {
        /// Why something was refused, marked or asked again.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = $doc] $variant,)*
        }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &[Reason] = &[$(Reason::$variant,)*];

            /// The dotted code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Reason::$variant => $code,)* }
            }

            /// The HTTP status that a refusal for this reason has; 200 for marks, which never
            /// refuse.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Reason::$variant => $status,)* }
            }

            /// What it means, for operators.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Reason::$variant => $doc,)* }
            }
        }
    };
}

reasons! {
    // Envelope.
    RequestMalformed "request.malformed" 400 "The body is not the JSON this route takes.";
    RequestType "request.type" 415 "The content type is not one this route takes.";
    RequestTooLarge "request.too_large" 413 "The body is over the limit of this route.";
    RequestIncomplete "request.incomplete" 408 "The body stopped arriving before its end.";
    RequestMethod "request.method" 405 "The route does not take this method.";
    RouteUnknown "route.unknown" 404 "There is nothing at this address.";
    MunicipalityUnknown "municipality.unknown" 404 "No municipality of this name is served here.";
    OriginForeign "origin.foreign" 403 "The page's web origin is not a partner's.";
    // Idempotency.
    KeyMissing "key.missing" 400 "The Idempotency-Key header is missing or malformed.";
    KeyReused "key.reused" 422 "This key already stands for a different report.";
    KeyInFlight "key.in_flight" 409 "A report with this key is being stored right now.";
    KeyUnknown "key.unknown" 404 "No report was acknowledged under this key.";
    // Numbers.
    NumberInvalid "number.invalid" 422 "The number is not one of this municipality's, or mistyped.";
    NumberReused "number.reused" 409 "This number already stands for a different report.";
    // Session.
    SessionMissing "session.missing" 401 "The Balagh-Session header is missing.";
    SessionMalformed "session.malformed" 401 "The session token is not one of ours.";
    SessionExpired "session.expired" 401 "The session is over, or was already spent.";
    SessionForeign "session.foreign" 401 "The session belongs to another municipality or web origin.";
    // Partners.
    PartnerUnknown "partner.unknown" 401 "The partner's key is not known.";
    // Rules.
    CategoryUnknown "category.unknown" 422 "The municipality has no such category.";
    LanguageUnknown "language.unknown" 422 "The municipality does not offer this language.";
    TextMissing "text.missing" 422 "There is no description.";
    TextTooShort "text.too_short" 422 "The description is too short to act on.";
    TextTooLong "text.too_long" 422 "The text is over the limit.";
    TextControl "text.control" 422 "The text holds control characters.";
    PlaceMissing "place.missing" 422 "This kind of report needs a place.";
    PlaceInvalid "place.invalid" 422 "The coordinates are not a point on Earth.";
    PlaceOutside "place.outside" 422 "The point lies outside every district.";
    PlaceAmbiguous "place.ambiguous" 422 "The point is too near a border to choose a district by itself.";
    PlaceDistrictUnknown "place.district_unknown" 422 "The municipality has no such district.";
    AnswerMissing "answer.missing" 422 "A question that needs an answer has none.";
    AnswerUnknown "answer.unknown" 422 "The answer is not one of those offered, or the question is not asked.";
    AnswerInvalid "answer.invalid" 422 "The answer is not of the question's type.";
    ContactMissing "contact.missing" 422 "This category needs a contact.";
    ContactPhone "contact.phone" 422 "The phone number is incomplete or not a number.";
    ContactEmail "contact.email" 422 "The e-mail address is incomplete.";
    DeclarationMissing "declaration.missing" 422 "The declaration is not ticked.";
    ChannelInvalid "channel.invalid" 422 "The channel is not a short lower-case name.";
    // Photos.
    PhotoCount "photo.count" 422 "There are more photos than allowed.";
    PhotoHash "photo.hash" 422 "The photo's hash is not a SHA-256, or not that of the bytes sent.";
    PhotoType "photo.type" 415 "The file is not a JPEG, PNG or WebP picture.";
    PhotoHeic "photo.heic_unsupported" 415 "HEIC pictures cannot be cleaned of their metadata here.";
    PhotoTooLarge "photo.too_large" 413 "The photo is over the limit.";
    PhotoDimensions "photo.dimensions" 422 "The picture has no size, or too many pixels.";
    PhotoBroken "photo.broken" 422 "The picture's file is damaged.";
    PhotoEmpty "photo.empty" 422 "The picture's file is empty.";
    PhotoMissing "photo.missing" 409 "The photo's bytes have not arrived yet.";
    // Limits.
    LimitSender "limit.sender" 200 "More reports from this sender than usual: a person looks at it.";
    LimitContact "limit.contact" 200 "More reports from this contact than usual: a person looks at it.";
    LimitCeiling "limit.ceiling" 429 "Too many requests from this sender.";
    // Marks and outcomes.
    DistrictDiffers "district.differs" 200 "The edge's district is not the one the citizen confirmed.";
    PackDiffers "pack.differs" 200 "The report was decided with another boundary pack.";
    ScreenConflict "screen.conflict" 200 "The screen could not settle in three tries: a person looks at it.";
    ReportUnknown "report.unknown" 404 "No report with this number and code.";
    OriginUnavailable "origin.unavailable" 503 "The origin cannot be reached right now.";
    UpstreamUnavailable "upstream.unavailable" 503 "The ledger cannot be reached right now.";
    StorageUnavailable "storage.unavailable" 503 "The ledger cannot be written right now.";
    SignatureInvalid "signature.invalid" 401 "The request's signature does not verify.";
    Internal "internal" 500 "Something of ours failed.";
}

impl Reason {
    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL
            .iter()
            .copied()
            .find(|reason| reason.code() == code)
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
        let code = String::deserialize(deserializer)?;
        Reason::from_code(&code).ok_or_else(|| de::Error::custom("unknown reason"))
    }
}

/// One thing to mend: why, where, and the figures its sentence names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Why.
    pub code: Reason,
    /// Where: a JSON Pointer (RFC 6901) into the report; empty for the whole of it.
    pub field: String,
    /// What the sentence's `{placeholders}` stand for. Never what the citizen typed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl Violation {
    /// A violation without figures.
    #[must_use]
    pub fn new(code: Reason, field: impl Into<String>) -> Violation {
        Violation {
            code,
            field: field.into(),
            params: BTreeMap::new(),
        }
    }

    /// The same with a figure.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Violation {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

/// Puts `params` where `sentence` names them in braces; an unknown name stays as it stands.
///
/// ```
/// use balagh_shared::reason::fill;
/// let params = [("max".to_owned(), "4000".to_owned())].into();
/// assert_eq!(fill("At most {max} characters", &params), "At most 4000 characters");
/// ```
#[must_use]
pub fn fill(sentence: &str, params: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) => {
                match params.get(name) {
                    Some(value) => filled.push_str(value),
                    None => {
                        filled.push('{');
                        filled.push_str(name);
                        filled.push('}');
                    }
                }
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_its_own_and_reads_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(*reason));
        }
    }

    #[test]
    fn every_reason_has_a_sentence_with_the_same_placeholders_in_each_language() {
        let read = |text: &str| -> BTreeMap<String, String> { serde_json::from_str(text).unwrap() };
        let ar = read(include_str!("../locales/ar.json"));
        let en = read(include_str!("../locales/en.json"));
        let codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        for code in &codes {
            let (ar, en) = (ar.get(*code), en.get(*code));
            assert!(ar.is_some() && en.is_some(), "{code} has no sentence");
            assert_eq!(
                placeholders(ar.unwrap()),
                placeholders(en.unwrap()),
                "{code}"
            );
        }
        for code in ar.keys().chain(en.keys()) {
            assert!(codes.contains(&code.as_str()), "{code} is no reason");
        }
    }

    fn placeholders(sentence: &str) -> Vec<&str> {
        let mut names: Vec<&str> = sentence
            .split('{')
            .skip(1)
            .filter_map(|s| Some(s.split_once('}')?.0))
            .collect();
        names.sort_unstable();
        names
    }
}
