//! What is asked of an endpoint: some thirty questions, one after the other, each of them known from
//! the answers before it. Nothing is posted unless that was asked for.

use std::time::Duration;

use balagh_shared::time::Timestamp;
use serde_json::Value;

use super::answer::{Answer, Format};
use super::fetch::Fetcher;
use super::shape::{text, time};

/// Some endpoint, and what may be done to it.
pub(super) struct Endpoint {
    /// Without a slash at the end.
    pub(super) base: String,
    pub(super) jurisdiction: Option<String>,
    /// Between two questions.
    pub(super) pause: Duration,
    /// Nothing is posted without it.
    pub(super) posting: Option<Posting>,
}

/// What to post.
pub(super) struct Posting {
    pub(super) api_key: Option<String>,
    pub(super) service_code: Option<String>,
    /// `LAT,LONG`.
    pub(super) at: Option<String>,
}

/// A question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Discovery,
    Services,
    ServicesElsewhere,
    Definition,
    UnknownDefinition,
    Requests,
    One,
    UnknownOne,
    UnknownToken,
    ByCode,
    ByStatus,
    ByNumbers,
    ByDates,
    Empty,
    BadDate,
    PostWithoutKey,
    PostWithoutService,
    PostToUnknownService,
    Post,
    Posted,
}

/// What the questions were about.
#[derive(Default)]
pub(super) struct Chosen {
    /// A service that has a definition.
    pub(super) defined: Option<String>,
    /// A request, and another where there is one.
    pub(super) numbers: Vec<String>,
    /// A service that a request is of.
    pub(super) code: Option<String>,
    /// A state that a request is in.
    pub(super) status: Option<String>,
    /// A time that some requests lie in.
    pub(super) dates: Option<(Timestamp, Timestamp)>,
    /// What a posted request was answered with, and whether that is a token.
    pub(super) posted: Option<(String, bool)>,
    /// Why nothing was posted, where that was asked for.
    pub(super) unposted: Option<&'static str>,
}

/// Everything that was asked and answered.
pub(super) struct Evidence {
    pub(super) endpoint: String,
    pub(super) chosen: Chosen,
    /// The format that questions are asked in that need only one.
    pub(super) preferred: Format,
    /// Whether anything was to be posted.
    pub(super) may_post: bool,
    answers: Vec<(Question, Format, Result<Answer, String>)>,
}

/// Both formats, the one that is required first.
pub(super) const FORMATS: [Format; 2] = [Format::Xml, Format::Json];

/// Ids that nobody has; the number is one in every system that counts.
const NO_SERVICE: &str = "no-such-service-0";
const NO_REQUEST: &str = "999999999999";
const NO_JURISDICTION: &str = "no-such-jurisdiction.example";
/// How the one request says what it is.
const WORDS: &str =
    "Automated test of this Open311 endpoint. Please disregard and close this request.";

/// Asks everything.
pub(super) async fn all(endpoint: &Endpoint) -> Result<Evidence, reqwest::Error> {
    let mut asking = Asking {
        endpoint,
        fetcher: Fetcher::new(endpoint.pause)?,
        evidence: Evidence {
            endpoint: endpoint.base.clone(),
            chosen: Chosen::default(),
            preferred: Format::Xml,
            may_post: endpoint.posting.is_some(),
            answers: Vec::new(),
        },
    };
    asking.services().await;
    asking.requests().await;
    asking.filters().await;
    asking.discovery().await;
    if let Some(posting) = &endpoint.posting {
        asking.post(posting).await;
    }
    Ok(asking.evidence)
}

impl Evidence {
    /// What was answered; nothing where it was not asked.
    pub(super) fn answer(
        &self,
        question: Question,
        format: Format,
    ) -> Option<Result<&Answer, &String>> {
        let mut answers = self.answers.iter();
        let found = answers.find(|(asked, of, _)| *asked == question && *of == format);
        found.map(|(_, _, answer)| answer.as_ref())
    }

    /// All answers that came.
    pub(super) fn answered(&self) -> impl Iterator<Item = (Question, &Answer)> {
        let answers = self.answers.iter();
        answers.filter_map(|(question, _, answer)| Some((*question, answer.as_ref().ok()?)))
    }

    /// The items of a list, in whichever format it can be read.
    pub(super) fn items(&self, question: Question) -> Vec<&Value> {
        let read = [Format::Json, Format::Xml].into_iter().find_map(|format| {
            let answer = self.answer(question, format)?.ok()?;
            answer.items()
        });
        read.unwrap_or_default()
    }
}

struct Asking<'a> {
    endpoint: &'a Endpoint,
    fetcher: Fetcher,
    evidence: Evidence,
}

impl Asking<'_> {
    fn url(&self, path: &str, format: Format, query: &[(&str, &str)]) -> String {
        let jurisdiction = self.endpoint.jurisdiction.as_deref();
        let is_named = query.iter().any(|(name, _)| *name == "jurisdiction_id");
        let own = jurisdiction
            .filter(|_| !is_named)
            .map(|id| ("jurisdiction_id", id));
        let query: Vec<(&str, &str)> = query.iter().copied().chain(own).collect();
        let query = form(&query);
        let question = if query.is_empty() { "" } else { "?" };
        format!(
            "{}/{path}.{}{question}{query}",
            self.endpoint.base,
            extension(format)
        )
    }

    async fn get(
        &mut self,
        question: Question,
        format: Format,
        path: &str,
        query: &[(&str, &str)],
    ) {
        let url = self.url(path, format, query);
        let answer = self.fetcher.get(&url, format).await;
        self.evidence.answers.push((question, format, answer));
    }

    /// The same in both formats; in JSON only where there is any.
    async fn get_both(&mut self, question: Question, path: &str, query: &[(&str, &str)]) {
        for format in FORMATS {
            if format == Format::Xml || self.evidence.preferred == Format::Json {
                self.get(question, format, path, query).await;
            }
        }
    }

    async fn services(&mut self) {
        for format in FORMATS {
            self.get(Question::Services, format, "services", &[]).await;
        }
        let json = self.evidence.answer(Question::Services, Format::Json);
        if matches!(json, Some(Ok(answer)) if answer.is_ok() && answer.read.is_ok()) {
            self.evidence.preferred = Format::Json;
        }
        let services = self.evidence.items(Question::Services);
        let mut defined = services.iter().filter(|service| has_questions(service));
        self.evidence.chosen.defined =
            defined.find_map(|service| text(service.get("service_code")));
        if let Some(code) = self.evidence.chosen.defined.clone() {
            let path = format!("services/{}", escaped(&code));
            self.get_both(Question::Definition, &path, &[]).await;
        }
        let path = format!("services/{NO_SERVICE}");
        self.get_both(Question::UnknownDefinition, &path, &[]).await;
        let elsewhere = [("jurisdiction_id", NO_JURISDICTION)];
        let format = self.evidence.preferred;
        self.get(Question::ServicesElsewhere, format, "services", &elsewhere)
            .await;
    }

    async fn requests(&mut self) {
        self.get_both(Question::Requests, "requests", &[]).await;
        let seen: Vec<(Option<String>, Option<Timestamp>)> = self
            .evidence
            .items(Question::Requests)
            .iter()
            .map(|request| {
                let at = time(request.get("requested_datetime"));
                (text(request.get("service_request_id")), at)
            })
            .collect();
        let first = self
            .evidence
            .items(Question::Requests)
            .first()
            .map(|first| (text(first.get("service_code")), text(first.get("status"))));
        let (code, status) = first.unwrap_or_default();
        let mut times: Vec<Timestamp> = seen.iter().filter_map(|(_, at)| *at).collect();
        times.sort_unstable();
        let chosen = &mut self.evidence.chosen;
        (chosen.code, chosen.status) = (code, status);
        // The younger half of what is there: so that the filter has something to leave out.
        chosen.dates = times
            .get(times.len() / 2)
            .copied()
            .zip(times.last().copied());
        let numbers = seen.into_iter().filter_map(|(number, _)| number);
        chosen.numbers = numbers.take(2).collect();
        if let Some(number) = self.evidence.chosen.numbers.first().cloned() {
            let path = format!("requests/{}", escaped(&number));
            self.get_both(Question::One, &path, &[]).await;
        }
        let path = format!("requests/{NO_REQUEST}");
        self.get_both(Question::UnknownOne, &path, &[]).await;
        let path = format!("tokens/{NO_REQUEST}");
        let format = self.evidence.preferred;
        self.get(Question::UnknownToken, format, &path, &[]).await;
    }

    async fn filters(&mut self) {
        let format = self.evidence.preferred;
        let chosen = &self.evidence.chosen;
        let (code, status) = (chosen.code.clone(), chosen.status.clone());
        let numbers = chosen.numbers.join(",");
        let dates = chosen
            .dates
            .map(|(from, until)| (from.to_string(), until.plus_millis(1_000).to_string()));
        if let Some(code) = &code {
            let query = [("service_code", code.as_str())];
            self.get(Question::ByCode, format, "requests", &query).await;
        }
        if let Some(status) = &status {
            let query = [("status", status.as_str())];
            self.get(Question::ByStatus, format, "requests", &query)
                .await;
        }
        if !numbers.is_empty() {
            let query = [("service_request_id", numbers.as_str())];
            self.get(Question::ByNumbers, format, "requests", &query)
                .await;
        }
        if let Some((from, until)) = &dates {
            let query = [("start_date", from.as_str()), ("end_date", until.as_str())];
            self.get(Question::ByDates, format, "requests", &query)
                .await;
        }
        let names = [
            "service_request_id",
            "service_code",
            "start_date",
            "end_date",
            "status",
        ];
        self.get(
            Question::Empty,
            format,
            "requests",
            &names.map(|name| (name, "")),
        )
        .await;
        let query = [("start_date", "not-a-date")];
        self.get(Question::BadDate, format, "requests", &query)
            .await;
    }

    /// It may stand in the endpoint or beside it, or anywhere else, where nobody finds it.
    async fn discovery(&mut self) {
        let base = self.endpoint.base.clone();
        let above = base.rsplit_once('/').map(|(above, _)| above.to_owned());
        let above = above.filter(|above| !above.ends_with(":/") && !above.ends_with(':'));
        for format in FORMATS {
            let mut found = None;
            for place in [Some(&base), above.as_ref()].into_iter().flatten() {
                let url = format!("{place}/discovery.{}", extension(format));
                let answer = self.fetcher.get(&url, format).await;
                let is_it = matches!(&answer, Ok(answer) if answer.is_ok() && answer.read.is_ok());
                if is_it || found.is_none() {
                    found = Some(answer);
                }
                if is_it {
                    break;
                }
            }
            let found = found.map(|answer| (Question::Discovery, format, answer));
            self.evidence.answers.extend(found);
        }
    }

    async fn post(&mut self, posting: &Posting) {
        // None of these can become a request, not even where no key is asked for.
        let nowhere = [("service_code", NO_SERVICE), ("description", WORDS)];
        self.send(Question::PostWithoutKey, &nowhere).await;
        let Some(key) = posting.api_key.as_deref() else {
            self.evidence.chosen.unposted = Some("no --api-key was given");
            return;
        };
        let key = ("api_key", key);
        self.send(Question::PostWithoutService, &[key, ("description", WORDS)])
            .await;
        let nowhere = [key, ("service_code", NO_SERVICE), ("description", WORDS)];
        self.send(Question::PostToUnknownService, &nowhere).await;
        let Some(code) = self.service_to_post(posting) else {
            self.evidence.chosen.unposted = Some("there is no service to post about");
            return;
        };
        let Some((lat, long)) = self.place_to_post(posting) else {
            self.evidence.chosen.unposted = Some("no place is known: give --at LAT,LONG");
            return;
        };
        let answers = self.answers_to_post(&code).await;
        let mut fields = vec![
            key,
            ("service_code", code.as_str()),
            ("lat", lat.as_str()),
            ("long", long.as_str()),
            ("description", WORDS),
        ];
        fields.extend(
            answers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        self.send(Question::Post, &fields).await;
        let created = self.evidence.items(Question::Post);
        let created = created.first();
        let number = created.and_then(|one| text(one.get("service_request_id")));
        let token = created.and_then(|one| text(one.get("token")));
        let posted = number
            .map(|number| (number, false))
            .or(token.map(|token| (token, true)));
        if let Some((id, is_token)) = posted {
            let resource = if is_token { "tokens" } else { "requests" };
            let path = format!("{resource}/{}", escaped(&id));
            let format = self.evidence.preferred;
            self.get(Question::Posted, format, &path, &[]).await;
            self.evidence.chosen.posted = Some((id, is_token));
        }
    }

    async fn send(&mut self, question: Question, fields: &[(&str, &str)]) {
        let format = self.evidence.preferred;
        let jurisdiction = self.endpoint.jurisdiction.as_deref();
        let own = jurisdiction.map(|id| ("jurisdiction_id", id));
        let fields: Vec<(&str, &str)> = own.into_iter().chain(fields.iter().copied()).collect();
        let url = format!("{}/requests.{}", self.endpoint.base, extension(format));
        let answer = self.fetcher.post(&url, form(&fields), format).await;
        self.evidence.answers.push((question, format, answer));
    }

    fn service_to_post(&self, posting: &Posting) -> Option<String> {
        let services = self.evidence.items(Question::Services);
        let mut plain = services.iter().filter(|service| !has_questions(service));
        let code = |service: &&&Value| text(service.get("service_code"));
        posting
            .service_code
            .clone()
            .or_else(|| plain.find_map(|service| code(&service)))
            .or_else(|| services.iter().find_map(|service| code(&service)))
    }

    fn place_to_post(&self, posting: &Posting) -> Option<(String, String)> {
        if let Some(at) = &posting.at {
            let (lat, long) = at.split_once(',')?;
            return Some((lat.trim().to_owned(), long.trim().to_owned()));
        }
        let requests = self.evidence.items(Question::Requests);
        let mut places = requests
            .iter()
            .filter_map(|request| text(request.get("lat")).zip(text(request.get("long"))));
        places.next()
    }

    /// An answer to each question that must be answered.
    async fn answers_to_post(&self, code: &str) -> Vec<(String, String)> {
        let format = self.evidence.preferred;
        let path = format!("services/{}", escaped(code));
        let url = self.url(&path, format, &[]);
        let Ok(definition) = self.fetcher.get(&url, format).await else {
            return Vec::new();
        };
        let attributes = definition.read.ok().and_then(|tree| {
            let attributes = tree.value.get("attributes")?.as_array()?;
            Some(attributes.clone())
        });
        let is_needed =
            |attribute: &&Value| text(attribute.get("required")).as_deref() == Some("true");
        let attributes = attributes.unwrap_or_default();
        let needed = attributes.iter().filter(is_needed);
        needed
            .filter_map(|attribute| {
                let code = text(attribute.get("code"))?;
                let values = attribute.get("values").and_then(Value::as_array);
                let first = values.and_then(|values| text(values.first()?.get("key")));
                let answer = match text(attribute.get("datatype")).as_deref() {
                    Some("number") => "1".to_owned(),
                    Some("datetime") => "2026-01-01T00:00:00Z".to_owned(),
                    Some("singlevaluelist" | "multivaluelist") => first?,
                    _ => "Test".to_owned(),
                };
                Some((format!("attribute[{code}]"), answer))
            })
            .collect()
    }
}

fn has_questions(service: &Value) -> bool {
    text(service.get("metadata")).as_deref() == Some("true")
}

pub(super) fn extension(format: Format) -> &'static str {
    match format {
        Format::Json => "json",
        Format::Xml => "xml",
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", escaped(name), escaped(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Percent-encoded, but for what needs no encoding anywhere in an address.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
