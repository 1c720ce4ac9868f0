//! What the screen makes of one report, in words: for `balagh screen`, and for whoever tunes it.
//!
//! The report goes through the very [`plan`] and [`screen`] that a posted one does, as if a form had
//! just sent it to an edge that has seen nothing yet. Nothing is written and no number is drawn for
//! good.

use balagh_shared::keyring::{Keyring, KeyringError};
use balagh_shared::language::detect;
use balagh_shared::reason::{Reason, Severity, Violation};
use balagh_shared::session::Session;
use balagh_shared::spam::{self, Score, Surroundings};
use balagh_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http::cors::WebOrigin;
use crate::http::{self, Headers, Method, Request};
use crate::keys::ScreenKeys;
use crate::screen::{
    self, Decision, Effect, Identity, Mint, Opinion, Posted, Randomness, Reads, Step, Verdict,
    envelope::{KEY_HEADER, door},
    plan, screen as decide,
};
use crate::sender::Sender;
use crate::served::Served;

/// A decision with everything that led to it, as `balagh screen` prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// `accept`, `quarantine`, `redirect`, `challenge` or `reject`.
    pub verdict: &'static str,
    /// The step that decided, by its name.
    pub step: &'static str,
    /// The HTTP status a sender would be answered with.
    pub status: u16,
    /// Everything that was found, what must be mended and what was only noticed.
    pub reasons: Vec<Explained>,
    /// What each step that can be watched made of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub opinions: Vec<Opinion>,
    /// The score of its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spam: Option<Scored>,
    /// The language of its description, as `balagh categorise` tells it; nothing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<&'static str>,
    /// What its description reads like, the likeliest first.
    pub suggestions: Vec<Suggested>,
    /// Where it would go; nothing for what is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
}

/// How much a text reads like spam, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scored {
    /// From 0 to 1.
    pub score: f64,
    /// What spoke for and against it, the loudest first.
    pub features: Vec<Featured>,
}

/// Something that a text shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Featured {
    /// Its name.
    pub feature: &'static str,
    /// What it adds, in thousandths.
    pub points: i16,
    /// What was seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
}

/// What the screen would make of a plain text, where nothing else was wrong with its report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decided {
    /// The text.
    pub text: String,
    /// `accept`, `challenge` (its device would be asked for work, then it is accepted) or
    /// `quarantine`.
    pub verdict: Verdict,
    /// Its language, as `balagh categorise` tells it.
    pub language: &'static str,
    /// Why it is not simply accepted, the heaviest reason first.
    pub reasons: Vec<Reason>,
    /// How much it reads like spam.
    #[serde(flatten)]
    pub spam: Scored,
}

/// Decides over a plain text by the score and the thresholds alone.
#[must_use]
pub fn explain_text(served: &Served, text: &str) -> Decided {
    let score = spam::score(text, Surroundings::default());
    let (verdict, reasons) = screen::judge_score(served, &score);
    Decided {
        text: text.to_owned(),
        verdict,
        language: detect(text).language.code(),
        reasons: if verdict == Verdict::Accept {
            Vec::new()
        } else {
            reasons
        },
        spam: Scored::of(score),
    }
}

impl Scored {
    fn of(score: Score) -> Scored {
        let features = score.features.into_iter().map(|it| Featured {
            feature: it.code,
            points: it.points,
            because: it.because,
        });
        Scored {
            score: f64::from(score.points) / 1000.0,
            features: features.collect(),
        }
    }
}

/// A reason with what it means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// Code, field and figures, as a client is told them.
    #[serde(flatten)]
    pub violation: Violation,
    /// How grave it is.
    pub severity: Severity,
    /// What it means, for operators.
    pub meaning: &'static str,
}

/// A category that a description may be about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggested {
    /// Its code.
    pub category: String,
    /// How likely it is, from 0 to 1.
    pub score: f64,
    /// The words that spoke for it most.
    pub because: Vec<String>,
}

/// Where a report would go.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Route {
    /// The sub-municipality, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// The department, by its code.
    pub department: String,
    /// The other agency it belongs to, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// By when.
    pub due: Timestamp,
}

/// A key for this purpose only: what it signs is verified a moment later and never leaves.
const KEY: &str = "explain:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";

/// The page and the edge of the form that is pretended.
const HERE: &str = "https://edge.invalid";

/// Screens `report`, the body of a posted report, as it would be at `now`.
///
/// # Errors
/// [`KeyringError`], which this module's own key never is.
pub fn explain(
    served: &Served,
    report: &[u8],
    now: Timestamp,
) -> Result<Explanation, KeyringError> {
    let keyring = Keyring::parse("explain", KEY)?;
    let keys = ScreenKeys {
        sessions: keyring.clone(),
        senders: keyring.clone(),
        relays: keyring.clone(),
    };
    let mut headers = Headers::default();
    headers.add("content-type", "application/json");
    headers.add("content-length", report.len().to_string());
    headers.add(KEY_HEADER, "0".repeat(22));
    headers.add(
        balagh_shared::session::HEADER,
        Session::mint(&keys.sessions, served.id(), HERE, &[0; 16], now.seconds()),
    );
    let request = Request {
        method: Method::Post,
        path: format!("/v1/{}/reports", served.id()),
        query: String::new(),
        headers,
        body: report.to_vec(),
    };
    let posted = Posted {
        joins: None,
        served,
        keys: &keys,
        request: &request,
        origin: &WebOrigin::Admitted(HERE.to_owned()),
        own_origin: HERE,
        sender: &Sender::default(),
        identity: Identity::Upstream,
        can_work: true,
    };
    let mint = Mint {
        numbers: &keyring,
        public_url: HERE,
    };
    let randomness = Randomness {
        number: [0; 8],
        proof: [0; 36],
    };
    let route = http::Route::Reports(served.id().to_owned());
    if let Err(violation) = door(&route, &request, posted.origin) {
        let decision = Decision::reject(Step::Envelope, &[violation], request.language());
        return Ok(Explanation::of(&decision, Described::default()));
    }
    let plan = plan(&posted, now);
    let decision = decide(&posted, &mint, &plan, &Reads::default(), now, &randomness);
    Ok(Explanation::of(&decision, Described::read(served, report)))
}

impl Explanation {
    fn of(decision: &Decision, described: Described) -> Explanation {
        /// The part of a refusal's body that says why.
        #[derive(Deserialize)]
        struct Refusal {
            violations: Vec<Violation>,
        }
        let refused: Option<Refusal> = serde_json::from_slice(&decision.response.body).ok();
        let noticed = || {
            let whole = |reason: &Reason| Violation::new(*reason, "");
            decision.reasons.iter().map(whole).collect()
        };
        let violations = refused.map_or_else(noticed, |refusal| refusal.violations);
        Explanation {
            verdict: decision.verdict.name(),
            step: decision.step.name(),
            status: decision.response.status,
            reasons: violations.into_iter().map(Explained::of).collect(),
            opinions: decision.opinions.clone(),
            spam: described.spam,
            language: described.language,
            suggestions: described.suggestions,
            route: decision.effects.iter().find_map(Route::of),
        }
    }
}

/// What can be said of a description alone, also of a report that is refused.
#[derive(Default)]
struct Described {
    spam: Option<Scored>,
    language: Option<&'static str>,
    suggestions: Vec<Suggested>,
}

impl Described {
    fn read(served: &Served, report: &[u8]) -> Described {
        #[derive(Deserialize)]
        struct Body {
            description: String,
        }
        let Ok(Body { description }) = serde_json::from_slice(report) else {
            return Described::default();
        };
        let suggestions = served.categorisers().map(|it| it.suggest(&description));
        let suggestions = suggestions.unwrap_or_default().into_iter();
        let score = || Scored::of(spam::score(&description, Surroundings::default()));
        Described {
            spam: (!description.is_empty()).then(score),
            language: (!description.is_empty()).then(|| detect(&description).language.code()),
            suggestions: suggestions
                .map(|it| Suggested {
                    category: it.category.to_owned(),
                    score: it.score,
                    because: it.because,
                })
                .collect(),
        }
    }
}

impl Explained {
    fn of(violation: Violation) -> Explained {
        Explained {
            severity: violation.code.severity(),
            meaning: violation.code.meaning(),
            violation,
        }
    }
}

impl Route {
    fn of(effect: &Effect) -> Option<Route> {
        let Effect::InsertReport(insert) = effect else {
            return None;
        };
        let route = &insert.delivery.route;
        Some(Route {
            district: route.district.clone(),
            department: route.department.clone(),
            agency: route.agency.clone(),
            due: route.due,
        })
    }
}
