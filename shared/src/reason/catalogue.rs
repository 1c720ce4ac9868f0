//! Every reason there is, a line each.

use super::{Action, Severity};

macro_rules! reasons {
    ($($variant:ident $code:literal $status:literal $severity:ident [$($param:literal),*] $doc:literal;)*) => {
        /// Why something was refused, marked or asked again.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = $doc] $variant,)*
        }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &[Reason] = &[$(Reason::$variant,)*];

            /// Its place in [`Reason::ALL`].
            #[cfg(feature = "server")]
            #[must_use]
            pub(crate) const fn place(self) -> usize {
                self as usize
            }

            /// The dotted code, which is also the key of its sentence and its anchor.
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

            /// What kind of thing it is.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Reason::$variant => Severity::$severity,)* }
            }

            /// The figures that its violation may carry; its sentence names some of them in braces.
            #[must_use]
            pub const fn params(self) -> &'static [&'static str] {
                match self { $(Reason::$variant => &[$($param),*],)* }
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
    RequestMalformed "request.malformed" 400 Caller [] "The body is not the JSON this route takes.";
    RequestType "request.type" 415 Caller [] "The content type is not one this route takes.";
    RequestTooLarge "request.too_large" 413 Caller ["max"]
        "The body is over the limit of this route.";
    RequestIncomplete "request.incomplete" 408 Ours [] "The body stopped arriving before its end.";
    RequestMethod "request.method" 405 Caller [] "The route does not take this method.";
    RouteUnknown "route.unknown" 404 Caller [] "There is nothing at this address.";
    RouteAbsent "route.absent" 404 Caller []
        "This edge does not offer what stands at this address elsewhere.";
    MunicipalityUnknown "municipality.unknown" 404 Caller []
        "No municipality of this name is served here.";
    OriginForeign "origin.foreign" 403 Caller [] "The page's web origin is not a partner's.";
    // Idempotency.
    KeyMissing "key.missing" 400 Caller [] "The Idempotency-Key header is missing or malformed.";
    KeyReused "key.reused" 422 Caller [] "This key already stands for a different report.";
    KeyInFlight "key.in_flight" 409 Ours [] "A report with this key is being stored right now.";
    KeyUnknown "key.unknown" 404 Caller [] "No report was acknowledged under this key.";
    // Numbers.
    NumberInvalid "number.invalid" 422 Mend []
        "The number is not one of this municipality's, or mistyped.";
    NumberReused "number.reused" 409 Caller [] "This number already stands for a different report.";
    // Session.
    SessionMissing "session.missing" 401 Challenge [] "The Balagh-Session header is missing.";
    SessionMalformed "session.malformed" 401 Challenge [] "The session token is not one of ours.";
    SessionExpired "session.expired" 401 Challenge [] "The session is over, or was already spent.";
    SessionForeign "session.foreign" 401 Challenge []
        "The session belongs to another municipality or web origin.";
    // What a sender is asked for besides.
    ProofRequired "proof.required" 428 Challenge []
        "More work is asked of this sender before the report is taken.";
    IdentityExpired "identity.expired" 401 Challenge []
        "The identity that the page around the form gave has run out, was used, or is missing.";
    IdentityInvalid "identity.invalid" 401 Challenge []
        "The identity that the page around the form gave is none that this municipality takes.";
    ContactUnverified "contact.unverified" 401 Challenge []
        "The municipality asks for a contact that a code or a sign-in has confirmed.";
    // Partners.
    PartnerUnknown "partner.unknown" 401 Caller [] "The partner's key is not known.";
    // Rules.
    CategoryUnknown "category.unknown" 422 Mend [] "The municipality has no such category.";
    LanguageUnknown "language.unknown" 422 Caller []
        "The municipality does not offer this language.";
    TextMissing "text.missing" 422 Mend [] "There is no description.";
    TextTooShort "text.too_short" 422 Mend ["min"] "The description is too short to act on.";
    TextTooLong "text.too_long" 422 Mend ["max"] "The text is over the limit of characters.";
    TextControl "text.control" 422 Mend [] "The text holds control characters.";
    PlaceMissing "place.missing" 422 Mend [] "This kind of report needs a place.";
    PlaceInvalid "place.invalid" 422 Mend [] "The coordinates are not a point on Earth.";
    PlaceOutside "place.outside" 422 Mend ["nearest", "distance_m", "neighbour"]
        "The point lies outside every district.";
    PlaceAmbiguous "place.ambiguous" 422 Mend ["districts"]
        "The point is too near a border to choose a district by itself.";
    PlaceDistrictUnknown "place.district_unknown" 422 Mend []
        "The municipality has no such district.";
    AnswerMissing "answer.missing" 422 Mend [] "A question that needs an answer has none.";
    AnswerUnknown "answer.unknown" 422 Mend []
        "The answer is not one of those offered, or there is no such question.";
    AnswerNotAsked "answer.not_asked" 422 Mend []
        "The question is not asked after the answers before it.";
    AnswerInvalid "answer.invalid" 422 Mend [] "The answer is not of the question's type.";
    ContactMissing "contact.missing" 422 Mend [] "This category needs a contact.";
    ContactPhone "contact.phone" 422 Mend [] "The phone number is incomplete or not a number.";
    ContactEmail "contact.email" 422 Mend [] "The e-mail address is incomplete.";
    // Codes.
    CodeMismatch "code.mismatch" 422 Mend ["left"] "The code is not the one that was sent.";
    CodeExpired "code.expired" 422 Mend []
        "There is no code to compare with: it is over, was used, or was tried too often.";
    CodeCountry "code.country" 422 Mend []
        "Codes are not sent to numbers of this country; e-mail is the other way.";
    CodeLimit "code.limit" 429 Ours ["retry_after_s"] "Too many codes were asked for.";
    CodeUndelivered "code.undelivered" 503 Ours []
        "The gateway or mail server did not take the code.";
    DeclarationMissing "declaration.missing" 422 Mend [] "The declaration is not ticked.";
    ChannelInvalid "channel.invalid" 422 Caller [] "The channel is not a short lower-case name, or is none that a form without a key may name.";
    // Photos.
    PhotoCount "photo.count" 422 Mend ["max"] "There are more photos than allowed.";
    PhotoHash "photo.hash" 422 Mend []
        "The photo's hash is not a SHA-256, or not that of the bytes sent.";
    PhotoType "photo.type" 415 Mend [] "The file is not a JPEG, PNG or WebP picture.";
    PhotoHeic "photo.heic_unsupported" 415 Mend []
        "HEIC pictures cannot be cleaned of their metadata here.";
    PhotoTooLarge "photo.too_large" 413 Mend ["max"] "The photo is over the limit.";
    PhotoDimensions "photo.dimensions" 422 Mend [] "The picture has no size, or too many pixels.";
    PhotoBroken "photo.broken" 422 Mend [] "The picture's file is damaged.";
    PhotoEmpty "photo.empty" 422 Mend [] "The picture's file is empty.";
    PhotoMissing "photo.missing" 409 Caller [] "The photo's bytes have not arrived yet.";
    // Limits.
    LimitSender "limit.sender" 200 Mark []
        "More reports from this sender than usual: a person looks at it.";
    LimitContact "limit.contact" 200 Mark []
        "More reports from this contact than usual: a person looks at it.";
    LimitNetwork "limit.network" 200 Mark []
        "More reports from this network than usual: a person looks at it.";
    LimitPartner "limit.partner" 200 Mark []
        "More reports from this partner than agreed: a person looks at it.";
    LimitCeiling "limit.ceiling" 429 Ours ["retry_after_s"] "Too many requests from this sender.";
    // Marks and outcomes.
    DistrictDiffers "district.differs" 200 Mark []
        "The edge's district is not the one the citizen confirmed.";
    PackDiffers "pack.differs" 200 Mark [] "The report was decided with another boundary pack.";
    CategoryDoubtful "category.doubtful" 200 Mark [] "The description reads like another category.";
    SpamLinks "spam.links" 200 Mark [] "The description is hardly more than links.";
    SpamAdvertising "spam.advertising" 200 Mark []
        "The description uses the words of advertisements.";
    SpamContacts "spam.contacts" 200 Mark []
        "The description asks to be called or written to elsewhere.";
    SpamDisguise "spam.disguise" 200 Mark []
        "The description hides letters, or writes words in letters of several scripts.";
    SpamGibberish "spam.gibberish" 200 Mark [] "The description is no language's words.";
    SpamRepetition "spam.repetition" 200 Mark []
        "The description repeats itself, or shouts.";
    TextRepeated "text.repeated" 200 Mark [] "Nearly the same text came several times lately.";
    DuplicateNearby "duplicate.nearby" 200 Mark []
        "Another report of the same category came from close by.";
    ScreenBudget "screen.budget" 200 Mark []
        "The text was longer than the screen reads: a person looks at it.";
    ScreenConflict "screen.conflict" 200 Mark []
        "The screen could not settle in three tries: a person looks at it.";
    ReportUnknown "report.unknown" 404 Mend [] "No report with this number and code.";
    // A report's life.
    StateConflict "state.conflict" 409 Caller ["state"]
        "What is asked for is not possible where the report stands.";
    StateStale "state.stale" 409 Caller ["revision"]
        "Someone else changed the report since it was read.";
    FollowUpTooSoon "follow_up.too_soon" 409 Caller ["next"]
        "The reporter already asked for it again this working day.";
    RatingInvalid "rating.invalid" 422 Mend [] "A mark is not a whole number from 1 to 5.";
    NoteMissing "note.missing" 422 Mend [] "This step needs a few words, and has none.";
    JoinClosed "join.closed" 409 Caller [] "The report to be joined is no longer open.";
    ClosingCode "closing.code" 422 Mend ["left"] "The closing code is not this report's.";
    ClosingLocked "closing.locked" 409 Caller []
        "Too many wrong closing codes: the reporter closes it, or the time that was set does.";
    ClosingOnline "closing.online" 409 Caller []
        "The reporter is protected: only they themselves close it, online.";
    DepartmentUnknown "department.unknown" 422 Mend [] "The municipality has no such department.";
    AgencyUnknown "agency.unknown" 422 Mend [] "The municipality knows no such agency.";
    // Staff of the municipality.
    StaffUnknown "staff.unknown" 401 Caller [] "The token is missing, or no member of staff's.";
    StaffForbidden "staff.forbidden" 403 Caller [] "This member of staff's role may not do this.";
    // Whose reports are whose.
    ReportErased "report.erased" 409 Caller []
        "What was personal in the report was erased; no words can be added to it.";
    ReportLocked "report.locked" 503 Ours []
        "The report's key cannot be opened: a master key is missing in BALAGH_SEAL_KEYS.";
    PersonContact "person.contact" 422 Mend []
        "Somebody is looked up by a phone number or an e-mail address, and this is neither.";
    PersonWhy "person.why" 422 Mend ["min", "max"]
        "Who looks somebody up says what for; it stands in the audit.";
    PersonConfirm "person.confirm" 422 Mend ["count"]
        "Erasing cannot be undone: it is confirmed by the number of reports it is about, which may have changed since.";

    // Figures.
    FiguresPeriod "figures.period" 400 Caller []
        "The period is not written as figures.md says, ends before it begins, is longer than five years, or is not a month that is over where only those are given.";
    FiguresDimension "figures.dimension" 400 Caller []
        "Figures are not broken down by this.";
    OriginUnavailable "origin.unavailable" 503 Ours [] "The origin cannot be reached right now.";
    UpstreamUnavailable "upstream.unavailable" 503 Ours []
        "The ledger cannot be reached right now.";
    StorageUnavailable "storage.unavailable" 503 Ours [] "The ledger cannot be written right now.";
    SignatureInvalid "signature.invalid" 401 Hostile [] "The request's signature does not verify.";
    Internal "internal" 500 Ours [] "Something of ours failed.";
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

    /// What a client does when it is refused for this reason.
    #[must_use]
    pub const fn action(self) -> Action {
        Action::of(self.status())
    }

    /// Where it is explained: a reference relative to the edge that refused, the `type` of RFC 9457.
    #[must_use]
    pub fn documentation(self) -> String {
        ["/reasons#", self.code()].concat()
    }
}
