//! What stands at which address.

use balagh_shared::open311::Format;
use balagh_shared::rules::is_sha256;
use balagh_shared::status::ReporterAction;

use super::Method;

/// A path, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// `/`, and the files of the municipality's own site beside it.
    Site(String),
    /// `/healthz`: the process answers.
    Health,
    /// `/readyz`: the ledger answers.
    Ready,
    /// `/metrics`, Prometheus' text.
    Metrics,
    /// `/reasons`: the catalogue of refusals.
    Reasons,
    /// `/schema/{name}.json`: the shape of a document or message.
    Schema(String),
    /// The widget's files: `/balagh.js`, `/balagh.css`, `/a/…`, `/r/…`.
    Widget(String),
    /// `/v1/{municipality}`.
    Municipality(String),
    /// `/v1/{municipality}/gazetteer`.
    Gazetteer(String),
    /// `/v1/{municipality}/districts.pack`.
    Pack(String),
    /// `/v1/{municipality}/words`.
    Words(String),
    /// `/v1/{municipality}/figures`: open data.
    Figures(String),
    /// `/v1/{municipality}/figures.csv`.
    FiguresFile(String),
    /// `/v1/{municipality}/session`.
    Session(String),
    /// `/v1/{municipality}/photos/{sha256}`.
    Photo {
        /// The municipality's id.
        municipality: String,
        /// SHA-256 of the bytes as sent, as written in the path.
        sha256: String,
    },
    /// `/v1/{municipality}/reports`.
    Reports(String),
    /// `/v1/{municipality}/submission`.
    Submission(String),
    /// `/v1/{municipality}/reports/{number}`.
    Report {
        /// The municipality's id.
        municipality: String,
        /// The number, as written in the path.
        number: String,
    },
    /// `/v1/{municipality}/reports/{number}/join`.
    Join {
        /// The municipality's id.
        municipality: String,
        /// The number of the report that is joined, as written in the path.
        number: String,
    },
    /// `/v1/{municipality}/reports/{number}/{action}`: what a reporter does with their report.
    Act {
        /// The municipality's id.
        municipality: String,
        /// The number, as written in the path.
        number: String,
        /// What they do.
        action: ReporterAction,
    },
    /// `/v1/{municipality}/reports/{number}/secret`: a lost tracking code.
    Secret {
        /// The municipality's id.
        municipality: String,
        /// The number, as written in the path.
        number: String,
    },
    /// `/v1/{municipality}/reports/{number}/{sha256}`: a photo of the work.
    TeamPhoto {
        /// The municipality's id.
        municipality: String,
        /// The number, as written in the path.
        number: String,
        /// SHA-256 of its bytes.
        sha256: String,
    },
    /// `/v1/{municipality}/nearby`.
    Nearby(String),
    /// `/v1/{municipality}/codes`: a one-time code is asked for.
    Codes(String),
    /// `/v1/{municipality}/codes/verify`: a one-time code is typed.
    CodesVerify(String),
    /// `/open311/v2/requests.{json,xml}`: the door of partners who speak Open311.
    Open311(Format),
    /// `/origin/v1/events`.
    OriginEvents,
    /// `/origin/v1/photos/{number}/{sha256}`: the origin hands a photo of the work over.
    OriginPhoto {
        /// The number of its report, as written in the path.
        number: String,
        /// SHA-256 of its bytes, as written in the path.
        sha256: String,
    },
    /// `/staff/quarantine`: what waits for a person.
    Quarantine,
    /// `/embed/{municipality}`: the widget in the edge's own web origin.
    Embed(String),
    /// `/{municipality}/report`: the form, by scripts or without.
    ReportPage(String),
    /// `/{municipality}/track`: tracking without scripts.
    TrackPage(String),
}

/// How finely a boundary pack is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// For phones.
    Phone,
    /// What the edge decides with.
    Full,
}

/// Bytes of a report's body: text of 4,000 characters in four bytes each, answers and place.
pub const REPORT_BYTES: usize = 64 * 1024;
/// Bytes of a photo, whatever the document allows.
pub const PHOTO_BYTES: usize = 8 * 1024 * 1024;
/// Bytes of what a reporter writes about a report: a thousand characters, and room for marks.
const ACTION_BYTES: usize = 64 * 1024;
/// Bytes of news from the origin.
const EVENT_BYTES: usize = 256 * 1024;
/// Bytes of a form that a person at the municipality presses, and of what a client may send where
/// nothing is needed.
const FORM_BYTES: usize = 4 * 1024;
/// Bytes of a form on the pages that need no script. A text far too long must arrive to be told of and
/// shown again, and percent-encoded an emoji has twelve bytes.
pub const PAGE_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of the photos that one such form may bring, which is what its page promises.
pub const PHOTOS_AT_ONCE_BYTES: usize = 25_000_000;
/// Bytes of such a form with photos, and of the fields beside them.
pub const PHOTO_FORM_BYTES: usize = 26 * 1024 * 1024;
const _: () = assert!(PHOTOS_AT_ONCE_BYTES + PAGE_BYTES <= PHOTO_FORM_BYTES);

/// How much of a body over the limit is read to its end, so that the client, which writes before
/// it reads, sees the refusal instead of a broken connection.
pub const DRAINED_BYTES: usize = 32 * 1024 * 1024;

impl Route {
    /// Reads a path; nothing where there is nothing at it.
    ///
    /// ```
    /// use balagh_edge::http::Route;
    /// assert_eq!(Route::parse("/v1/ep/reports"), Some(Route::Reports("ep".into())));
    /// assert_eq!(Route::parse("/v1/ep/nothing"), None);
    /// ```
    #[must_use]
    pub fn parse(path: &str) -> Option<Route> {
        let path = path.strip_prefix('/')?;
        let mut segments = path.split('/');
        let parts = [
            segments.next(),
            segments.next(),
            segments.next(),
            segments.next(),
            segments.next(),
        ];
        let is_deep = segments.next().is_some();
        let own = str::to_owned;
        Some(match parts {
            [Some("healthz"), None, ..] => Route::Health,
            [Some("readyz"), None, ..] => Route::Ready,
            [Some("metrics"), None, ..] => Route::Metrics,
            [Some("reasons"), None, ..] => Route::Reasons,
            [Some("schema"), Some(file), None, ..] => Route::Schema(own(file)),
            [Some("balagh.js" | "balagh.css" | "balagh.d.ts"), None, ..] => {
                Route::Widget(own(path))
            }
            [Some("a" | "r"), Some(_), ..] => Route::Widget(own(path)),
            [Some("v1" | "origin"), ..] if is_deep => return None,
            [Some("open311"), Some("v2"), Some(file), None, _] => {
                let extension = file.strip_prefix("requests.")?;
                Route::Open311(Format::of_extension(extension)?)
            }
            [Some("open311"), ..] => return None,
            [Some("origin"), Some("v1"), Some("events"), None, _] => Route::OriginEvents,
            [
                Some("origin"),
                Some("v1"),
                Some("photos"),
                Some(number),
                Some(sha256),
            ] => Route::OriginPhoto {
                number: own(number),
                sha256: own(sha256),
            },
            [Some("staff"), Some("quarantine"), None, ..] => Route::Quarantine,
            [Some("embed"), Some(id), None, ..] if is_id(id) => Route::Embed(own(id)),
            [Some("v1"), Some(id), rest @ ..] if is_id(id) => match rest {
                [None, ..] => Route::Municipality(own(id)),
                [Some("gazetteer"), None, _] => Route::Gazetteer(own(id)),
                [Some("districts.pack"), None, _] => Route::Pack(own(id)),
                [Some("words"), None, _] => Route::Words(own(id)),
                [Some("figures"), None, _] => Route::Figures(own(id)),
                [Some("figures.csv"), None, _] => Route::FiguresFile(own(id)),
                [Some("session"), None, _] => Route::Session(own(id)),
                [Some("reports"), None, _] => Route::Reports(own(id)),
                [Some("submission"), None, _] => Route::Submission(own(id)),
                [Some("nearby"), None, _] => Route::Nearby(own(id)),
                [Some("reports"), Some(number), None] => Route::Report {
                    municipality: own(id),
                    number: own(number),
                },
                [Some("reports"), Some(number), Some("join")] => Route::Join {
                    municipality: own(id),
                    number: own(number),
                },
                [Some("codes"), None, _] => Route::Codes(own(id)),
                [Some("codes"), Some("verify"), None] => Route::CodesVerify(own(id)),
                [Some("reports"), Some(number), Some("secret")] => Route::Secret {
                    municipality: own(id),
                    number: own(number),
                },
                [Some("reports"), Some(number), Some(sha256)] if is_sha256(sha256) => {
                    Route::TeamPhoto {
                        municipality: own(id),
                        number: own(number),
                        sha256: own(sha256),
                    }
                }
                [Some("reports"), Some(number), Some(action)] => Route::Act {
                    municipality: own(id),
                    number: own(number),
                    action: action_at(action)?,
                },
                [Some("photos"), Some(sha256), None] => Route::Photo {
                    municipality: own(id),
                    sha256: own(sha256),
                },
                _ => return None,
            },
            [Some("v1" | "origin"), ..] => return None,
            [Some(id), Some("report"), None, ..] if is_id(id) => Route::ReportPage(own(id)),
            [Some(id), Some("track"), None, ..] if is_id(id) => Route::TrackPage(own(id)),
            _ => Route::Site(own(path)),
        })
    }

    /// The methods it takes, `OPTIONS` aside, which every route answers.
    #[must_use]
    pub fn methods(&self) -> &'static [Method] {
        match self {
            Route::Session(_)
            | Route::Reports(_)
            | Route::Join { .. }
            | Route::Act { .. }
            | Route::Secret { .. }
            | Route::Codes(_)
            | Route::CodesVerify(_)
            | Route::Open311(_)
            | Route::OriginEvents => &[Method::Post],
            Route::Photo { .. } | Route::OriginPhoto { .. } => &[Method::Put],
            Route::ReportPage(_) | Route::TrackPage(_) | Route::Quarantine => {
                &[Method::Get, Method::Head, Method::Post]
            }
            _ => &[Method::Get, Method::Head],
        }
    }

    /// Most bytes of a body here; 0 where none is read.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        match self {
            Route::Reports(_) | Route::Join { .. } | Route::Open311(_) => REPORT_BYTES,
            Route::Act { .. } => ACTION_BYTES,
            Route::Photo { .. } | Route::OriginPhoto { .. } => PHOTO_BYTES,
            Route::OriginEvents => EVENT_BYTES,
            Route::ReportPage(_) => PHOTO_FORM_BYTES,
            Route::TrackPage(_) => PAGE_BYTES,
            Route::Quarantine
            | Route::Session(_)
            | Route::Secret { .. }
            | Route::Codes(_)
            | Route::CodesVerify(_) => FORM_BYTES,
            _ => 0,
        }
    }

    /// Whether any page of the world may read it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        matches!(
            self,
            Route::Widget(_)
                | Route::Schema(_)
                | Route::Municipality(_)
                | Route::Gazetteer(_)
                | Route::Pack(_)
                | Route::Words(_)
                | Route::Figures(_)
                | Route::FiguresFile(_)
                | Route::Open311(_)
                // Its address lets who has it see it, wherever it is shown.
                | Route::TeamPhoto { .. }
        )
    }

    /// Whether it is part of the API that pages of partners call, where a foreign page is refused.
    #[must_use]
    pub fn is_guarded(&self) -> bool {
        matches!(
            self,
            Route::Session(_)
                | Route::Photo { .. }
                | Route::Reports(_)
                | Route::Submission(_)
                | Route::Report { .. }
                | Route::Join { .. }
                | Route::Act { .. }
                | Route::Nearby(_)
                | Route::Secret { .. }
                | Route::Codes(_)
                | Route::CodesVerify(_)
        )
    }

    /// Whether it is a page of its municipality for people without scripts, whose forms come back to
    /// it.
    #[must_use]
    pub fn is_form(&self) -> bool {
        matches!(self, Route::ReportPage(_) | Route::TrackPage(_))
    }

    /// The municipality it is about.
    #[must_use]
    pub fn municipality(&self) -> Option<&str> {
        match self {
            Route::Municipality(id)
            | Route::Gazetteer(id)
            | Route::Pack(id)
            | Route::Words(id)
            | Route::Figures(id)
            | Route::FiguresFile(id)
            | Route::Session(id)
            | Route::Reports(id)
            | Route::Submission(id)
            | Route::Codes(id)
            | Route::CodesVerify(id)
            | Route::Embed(id)
            | Route::ReportPage(id)
            | Route::TrackPage(id)
            | Route::Nearby(id)
            | Route::Photo {
                municipality: id, ..
            }
            | Route::Join {
                municipality: id, ..
            }
            | Route::Act {
                municipality: id, ..
            }
            | Route::Report {
                municipality: id, ..
            }
            | Route::Secret {
                municipality: id, ..
            }
            | Route::TeamPhoto {
                municipality: id, ..
            } => Some(id),
            _ => None,
        }
    }

    /// Its name in logs and metrics: never what stands in its place holders.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Route::Site(_) => "site",
            Route::Health => "healthz",
            Route::Ready => "readyz",
            Route::Metrics => "metrics",
            Route::Reasons => "reasons",
            Route::Schema(_) => "schema",
            Route::Widget(_) => "widget",
            Route::Municipality(_) => "municipality",
            Route::Gazetteer(_) => "gazetteer",
            Route::Pack(_) => "pack",
            Route::Words(_) => "words",
            Route::Figures(_) => "figures",
            Route::FiguresFile(_) => "figures_file",
            Route::Session(_) => "session",
            Route::Photo { .. } => "photo",
            Route::Reports(_) => "reports",
            Route::Submission(_) => "submission",
            Route::Report { .. } => "report",
            Route::Join { .. } => "join",
            Route::Act { .. } => "act",
            Route::Nearby(_) => "nearby",
            Route::Secret { .. } => "secret",
            Route::Codes(_) => "codes",
            Route::CodesVerify(_) => "codes_verify",
            Route::Open311(_) => "open311",
            Route::OriginEvents => "origin_events",
            Route::OriginPhoto { .. } => "origin_photo",
            Route::TeamPhoto { .. } => "team_photo",
            Route::Quarantine => "quarantine",
            Route::Embed(_) => "embed",
            Route::ReportPage(_) => "report_page",
            Route::TrackPage(_) => "track_page",
        }
    }
}

/// What a reporter does at an address.
fn action_at(segment: &str) -> Option<ReporterAction> {
    Some(match segment {
        "follow-up" => ReporterAction::FollowUp,
        "close" => ReporterAction::Close,
        "reopen" => ReporterAction::Reopen,
        "rate" => ReporterAction::Rate,
        _ => return None,
    })
}

/// Whether a segment can be a municipality's id: lower-case letters, digits and hyphens.
pub(crate) fn is_id(segment: &str) -> bool {
    (1..=64).contains(&segment.len())
        && segment
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<&str>) {
        assert_eq!(
            Route::parse(path).as_ref().map(Route::name),
            expected,
            "{path}"
        );
    }

    #[test]
    fn every_address_of_the_contract_is_known() {
        check("/", Some("site"));
        check("/healthz", Some("healthz"));
        check("/balagh.js", Some("widget"));
        check("/a/balagh-1a2b.wasm", Some("widget"));
        check("/r/0.1.0/balagh.js", Some("widget"));
        check("/schema/report.json", Some("schema"));
        check("/v1/eastern-province", Some("municipality"));
        check("/v1/eastern-province/districts.pack", Some("pack"));
        check("/v1/eastern-province/words", Some("words"));
        check("/v1/eastern-province/figures", Some("figures"));
        check("/v1/eastern-province/figures.csv", Some("figures_file"));
        check("/v1/eastern-province/photos/00", Some("photo"));
        let photo = "ab".repeat(32);
        check(
            &format!("/v1/eastern-province/reports/EP-1/{photo}"),
            Some("team_photo"),
        );
        check(
            &format!("/origin/v1/photos/EP-1/{photo}"),
            Some("origin_photo"),
        );
        check("/v1/eastern-province/reports", Some("reports"));
        check("/v1/eastern-province/reports/EP-1", Some("report"));
        check("/v1/eastern-province/reports/EP-1/join", Some("join"));
        for action in ["follow-up", "close", "reopen", "rate"] {
            let path = format!("/v1/eastern-province/reports/EP-1/{action}");
            check(&path, Some("act"));
        }
        check("/v1/eastern-province/nearby", Some("nearby"));
        check("/v1/eastern-province/submission", Some("submission"));
        check("/v1/eastern-province/reports/EP-1/secret", Some("secret"));
        check("/v1/eastern-province/codes", Some("codes"));
        check("/v1/eastern-province/codes/verify", Some("codes_verify"));
        check("/origin/v1/events", Some("origin_events"));
        check("/open311/v2/requests.json", Some("open311"));
        check("/open311/v2/requests.xml", Some("open311"));
        check("/staff/quarantine", Some("quarantine"));
        check("/embed/eastern-province", Some("embed"));
        check("/eastern-province/report", Some("report_page"));
        check("/eastern-province/track", Some("track_page"));
    }

    #[test]
    fn the_api_has_nothing_at_other_addresses() {
        check("/v1", None);
        check("/v1/", None);
        check("/v1/Eastern", None);
        check("/v1/eastern-province/", None);
        check("/v1/eastern-province/reports/EP-1/more", None);
        check("/v1/eastern-province/reports/EP-1/close/more", None);
        check("/v1/eastern-province/words/more", None);
        check("/v1/eastern-province/photos/00/more", None);
        check("/v1/eastern-province/reports/EP-1/secret/more", None);
        check("/v1/eastern-province/codes/verify/more", None);
        check("/v1/eastern-province/codes/other", None);
        check("/origin/v1/other", None);
        check("/open311/v2/requests", None);
        check("/open311/v2/requests.yaml", None);
        check("/open311/v2/services.json", None);
        check("/open311/v2/requests.json/more", None);
        check("/open311", None);
    }
}
