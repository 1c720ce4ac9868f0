//! Endpoints of other cities' systems: Open311 GeoReport v2.
//!
//! They know no key, so that the same report sent twice is two requests. An attempt is therefore
//! noted in the ledger before it is made. Where nobody knows how it ended (the answer was lost, the
//! edge was killed), the report is first looked for there by its number; only what is not found is
//! sent again, and counted as a possible duplicate, since an endpoint may show what it has late, or
//! never.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use balagh_shared::delivery::Delivery;
use balagh_shared::open311::Format;
use balagh_shared::open311::outgoing::{Outgoing, Taken, listed, query, taken};

use super::answer::{Answer, client};
use super::look_up::{Given, List, Lists, look_up};
use super::undelivered::{Fault, Undelivered};
use super::{Arrived, Missed, Round};
use crate::native::clock;
use crate::native::config::DestinationConfig;
use crate::native::ledger::Job;

/// Most bytes of a list of requests.
const MOST: usize = 4 * 1024 * 1024;
/// How long an attempt is left to whoever makes it: longer than its two requests may take.
const CLAIM: Duration = Duration::from_secs(90);

/// One endpoint.
pub(crate) struct Open311 {
    client: reqwest::Client,
    id: String,
    url: String,
    format: Format,
    jurisdiction_id: Option<String>,
    services: BTreeMap<String, String>,
    api_key: Option<String>,
    with_contact: bool,
}

impl Open311 {
    pub(super) fn new(
        config: &DestinationConfig,
        format: Format,
        jurisdiction_id: Option<&str>,
        services: &BTreeMap<String, String>,
        api_key: Option<String>,
    ) -> Result<Open311, reqwest::Error> {
        Ok(Open311 {
            client: client()?,
            id: config.id.clone(),
            url: config.url.clone(),
            format,
            jurisdiction_id: jurisdiction_id.map(str::to_owned),
            services: services.clone(),
            api_key,
            with_contact: config.with_contact,
        })
    }

    pub(super) async fn carry(&self, round: &Round<'_>, job: &Job) -> Result<Arrived, Missed> {
        // What fails before the report is sent leaves the doubt as it was.
        let before = |why: Undelivered| Missed {
            why,
            in_doubt: job.in_doubt,
        };
        let ledger = &round.edge.ledger;
        let delivery = ledger.delivery(&job.number).await;
        let Some(delivery) = delivery.map_err(|error| before(error.into()))? else {
            return Ok(Arrived::default());
        };
        let service_code = self.service_code(&delivery).map_err(before)?;
        if job.in_doubt {
            let asking = Asking {
                endpoint: self,
                round,
                number: &delivery.number,
                service_code,
            };
            let found = look_up(delivery.received_at, clock::now(), &asking).await;
            if let Some(id) = found.map_err(before)? {
                return Ok(Arrived::called(id));
            }
            round.go_on().map_err(before)?;
        }
        let until = clock::now().plus_millis(i64::try_from(CLAIM.as_millis()).unwrap_or(i64::MAX));
        let claimed = ledger.claim(job, &self.id, until).await;
        if !claimed.map_err(|error| before(error.into()))? {
            return Err(before(Undelivered::Elsewhere));
        }
        match self.create(&delivery, service_code).await {
            Ok(Taken::Request(id)) => Ok(Arrived::called(id)),
            Ok(Taken::Token(token)) => Ok(Arrived::called(format!("token:{token}"))),
            Err(why) => Err(Missed {
                in_doubt: why.may_have_arrived(),
                why,
            }),
        }
    }

    fn requests(&self) -> String {
        let extension = match self.format {
            Format::Json => "json",
            Format::Xml => "xml",
        };
        format!("{}/requests.{extension}", self.url)
    }

    fn service_code(&self, delivery: &Delivery) -> Result<&str, Undelivered> {
        let category = delivery.report.category.as_str();
        let code = self.services.get(category).or(self.services.get("*"));
        code.map(String::as_str).ok_or(Undelivered::Unmapped)
    }

    async fn create(&self, delivery: &Delivery, service_code: &str) -> Result<Taken, Undelivered> {
        let form = Outgoing {
            service_code,
            jurisdiction_id: self.jurisdiction_id.as_deref(),
            api_key: self.api_key.as_deref(),
            with_contact: self.with_contact,
        }
        .form(delivery);
        let request = self
            .client
            .post(self.requests())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let answer = Answer::to(request, MOST).await?;
        if !answer.is_success() {
            return Err(answer.refusal(Fault::of(answer.status)));
        }
        taken(self.format, &answer.body).ok_or(Undelivered::Stranger)
    }

    /// A list of the endpoint's requests, in which `number` is looked for.
    async fn list(
        &self,
        number: &str,
        service_code: &str,
        list: List,
    ) -> Result<Given, Undelivered> {
        let (from, until) = (list.from.to_string(), list.until.to_string());
        // Who knows no pages need not read of them.
        let page = (list.page > 1).then(|| list.page.to_string());
        let query = query(&[
            ("jurisdiction_id", self.jurisdiction_id.as_deref()),
            ("service_code", Some(service_code)),
            ("start_date", Some(&from)),
            ("end_date", Some(&until)),
            ("page", page.as_deref()),
            ("api_key", self.api_key.as_deref()),
        ]);
        let request = self.client.get(format!("{}?{query}", self.requests()));
        let answer = match Answer::to(request, MOST).await {
            Ok(answer) => answer,
            Err(Undelivered::TooLong) => return Ok(Given::TooLong),
            Err(why) => return Err(why),
        };
        match answer.status {
            200..300 => listed(self.format, &answer.body, number)
                .map(Given::Listed)
                .ok_or(Undelivered::Stranger),
            // An endpoint that lists nothing: it cannot be known, and what was acknowledged arrives
            // twice rather than never.
            400 | 404 | 405 | 501 => Ok(Given::Nothing),
            status => Err(answer.refusal(Fault::of(status))),
        }
    }
}

/// A report that is looked for.
struct Asking<'a> {
    endpoint: &'a Open311,
    round: &'a Round<'a>,
    number: &'a str,
    service_code: &'a str,
}

impl Lists for Asking<'_> {
    async fn list(&self, list: List) -> Result<Given, Undelivered> {
        // The search may be long.
        self.round.go_on()?;
        let (number, service_code) = (self.number, self.service_code);
        self.endpoint.list(number, service_code, list).await
    }
}

/// The key stays out of logs.
impl fmt::Debug for Open311 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Open311")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
