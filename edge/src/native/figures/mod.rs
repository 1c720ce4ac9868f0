//! The open data of a municipality: read from its origin, which alone can tell them, and kept for
//! some minutes, so that however many ask, the origin is asked seldom, and by one of them.

mod known;

use std::sync::Arc;
use std::time::Duration;

use balagh_shared::problem::LANGUAGES;
use balagh_shared::reason::Reason;
use serde_json::Value;
use tokio::time::timeout;

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::outbox::{Origin, Undelivered};
use crate::http::{Request, Response};
use crate::served::Served;
use known::{Known, Look, Queue};

/// How long somebody waits for others who ask.
const PATIENCE: Duration = Duration::from_secs(10);

/// How figures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// A month's figures, as they are asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    pub(crate) municipality: String,
    /// Such as `2024-03`; the last one that is over when absent.
    pub(crate) month: Option<String>,
    pub(crate) language: &'static str,
    pub(crate) form: Form,
}

/// What origins have said of late.
#[derive(Debug, Default)]
pub(crate) struct Figures(Known);

/// `GET /v1/{municipality}/figures` and `…/figures.csv`.
pub(crate) async fn read(edge: &Edge, served: &Served, form: Form, asked: Asked<'_>) -> Answer {
    let refuse = |reason| Answer::refuse_for(reason, asked.language);
    let Some(origin) = &edge.upstream else {
        return refuse(Reason::OriginUnavailable);
    };
    let Some(question) = question(served, form, asked.request) else {
        return refuse(Reason::FiguresPeriod);
    };
    match edge.figures.of(&question, origin).await {
        Ok(body) => shown(&question, body.to_vec()).into(),
        Err(reason) => refuse(reason),
    }
}

impl Figures {
    /// The answer to a question: what is known, or what the origin says. Whoever has the same question
    /// waits for one asker; whoever has another is in nobody's way.
    async fn of(&self, question: &Question, origin: &Origin) -> Result<Arc<[u8]>, Reason> {
        let queue = match self.0.look(question, clock::now()) {
            Look::Answered(body) => return Ok(body),
            Look::Away => return Err(Reason::OriginUnavailable),
            Look::Ask(queue) => queue,
        };
        let Queue { turn, places } = &queue;
        let waited = timeout(PATIENCE, async {
            (turn.lock().await, places.acquire().await)
        });
        let Ok(_turn) = waited.await else {
            return Err(Reason::OriginUnavailable);
        };
        // Whoever had the turn before may have found it out.
        match self.0.look(question, clock::now()) {
            Look::Answered(body) => return Ok(body),
            Look::Away => return Err(Reason::OriginUnavailable),
            Look::Ask(_) => {}
        }
        match origin.figures(question).await {
            Ok(body) if question.is_answered_by(&body) => {
                let body: Arc<[u8]> = body.into();
                let kept = Arc::clone(&body);
                self.0.answered(question.clone(), kept, clock::now());
                Ok(body)
            }
            // It has another opinion of which months are over.
            Err(Undelivered::Answered { status: 400, .. }) => Err(Reason::FiguresPeriod),
            answer => {
                let code = answer.map_or_else(|error| error.code(), |_| "stranger".to_owned());
                let municipality = &question.municipality;
                tracing::warn!(municipality, code, "the origin gives no figures");
                self.0.is_away(municipality, clock::now());
                Err(Reason::OriginUnavailable)
            }
        }
    }
}

/// What is asked for; nothing where it is no month. No other text reaches the origin.
fn question(served: &Served, form: Form, request: &Request) -> Option<Question> {
    let month = request.query("month");
    if !month.is_none_or(is_month) {
        return None;
    }
    let named = request.query("lang");
    let language = LANGUAGES.into_iter().find(|code| Some(*code) == named);
    Some(Question {
        municipality: served.id().to_owned(),
        month: month.map(str::to_owned),
        language: language.unwrap_or_else(|| request.language()),
        form,
    })
}

/// Whether it is a month, written like `2024-03`. Whether it is over is the origin's to say.
fn is_month(text: &str) -> bool {
    let is_digits =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(year, month)| {
        is_digits(year, 4) && is_digits(month, 2) && ("01"..="12").contains(&month)
    })
}

impl Question {
    /// Where the origin answers it.
    pub(crate) fn path(&self) -> String {
        let Question {
            municipality,
            month,
            language,
            form,
        } = self;
        let file = match form {
            Form::Json => "figures",
            Form::Csv => "figures.csv",
        };
        let month = month.as_deref().map(|month| format!("&month={month}"));
        let month = month.unwrap_or_default();
        format!("/v1/{municipality}/{file}?lang={language}{month}")
    }

    /// Whether a body answers it. A portal or a maintenance page says 200 to anything.
    fn is_answered_by(&self, body: &[u8]) -> bool {
        match self.form {
            Form::Json => serde_json::from_slice::<Value>(body).is_ok_and(|figures| {
                figures
                    .get("municipality")
                    .is_some_and(|it| it == self.municipality.as_str())
            }),
            Form::Csv => body.starts_with("\u{feff}dimension,".as_bytes()),
        }
    }
}

fn shown(question: &Question, body: Vec<u8>) -> Response {
    let response = match question.form {
        Form::Json => Response::new(200, "application/json", body),
        Form::Csv => {
            // Ids and months hold nothing that a header could not.
            let month = question.month.as_deref().unwrap_or("latest");
            let name = format!("figures-{}-{month}.csv", question.municipality);
            Response::new(200, "text/csv; charset=utf-8; header=present", body).with(
                "content-disposition",
                format!("attachment; filename=\"{name}\""),
            )
        }
    };
    response
        .with("cache-control", "public, max-age=3600")
        .with("vary", "Accept-Language")
}
