//! Load over loopback for `cargo xtask bench edge`: a fixed number of connections, each with one
//! request under way.
//!
//! `load ADDRESS KIND SECONDS [RATE]` sends reports of the demo's cases, `KIND` being `refused` (each
//! has something wrong with it), `accepted` (nothing is, and each is another report by another sender,
//! told by `X-Forwarded-For`) or `mixed` (as they are dealt; three of four are good). `RATE` is how many
//! a second, in all; as fast as answers come where it is missing. `SECONDS` may be `=COUNT`, a number of
//! requests. Sessions are signed with `BALAGH_SESSION_KEYS`. Prints what came back, as JSON.
//!
//! `load ADDRESS answer` is the empty handler instead: it reads each request there and answers one
//! refusal to all, so that it is known what this load can ask of whoever shares a machine with it.
//!
//! Who sends has the same processors as who answers: one thread, requests made before the clock runs,
//! of an answer only its status and its length are read.

#![expect(clippy::print_stdout, reason = "its figures are its answer")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use balagh_shared::keyring::Keyring;
use balagh_shared::session::Session;
use balagh_tests::desk::Desk;
use balagh_tests::reports::{self, Case, Flaw};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: u64 = 64;
/// Requests that are made before the first is sent, where it does not matter that they come again.
const MADE_BEFORE: u64 = 8_192;
/// Where each is to be another: so many for each second, and so many at most; more are made as they are
/// sent.
const MADE_A_SECOND: u64 = 10_000;
const MOST_MADE: u64 = 200_000;
/// Words of an accepted text, drawn anew for each: texts with half their words in common are alike.
const OWN_WORDS: usize = 24;
const MUNICIPALITY: &str = "eastern-province";

type Failed = Box<dyn Error + Send + Sync>;

/// What is asked for.
struct Load {
    address: String,
    kind: Kind,
    until: Until,
    /// Nanoseconds between two requests of all connections together; 0 for none.
    pause_ns: u64,
    sessions: Keyring,
    cases: Vec<Case>,
    /// The words of all cases, each once.
    words: Vec<String>,
    /// See [`MADE_BEFORE`].
    made: Vec<Vec<u8>>,
    sent: AtomicU64,
    /// Makes keys, senders and texts of this run its own.
    run: u64,
    began: Instant,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Refused,
    Accepted,
    Mixed,
}

#[derive(Clone, Copy)]
enum Until {
    After(Duration),
    Sent(u64),
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    statuses: BTreeMap<u16, u64>,
    took_us: Vec<u64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [address, what] = &*arguments
        && what == "answer"
    {
        return answer_all(address).await;
    }
    let load = Arc::new(Load::asked(arguments)?);
    let connections: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(connection(Arc::clone(&load))))
        .collect();
    let mut all = Seen::default();
    for connection in connections {
        let seen = connection.await?.map_err(|error| error.to_string())?;
        for (status, count) in seen.statuses {
            *all.statuses.entry(status).or_default() += count;
        }
        all.took_us.extend(seen.took_us);
    }
    let seconds = load.began.elapsed().as_secs_f64();
    all.took_us.sort_unstable();
    let at = |share: f64| {
        let index = (all.took_us.len() as f64 * share) as usize;
        all.took_us.get(index).map(|us| *us as f64 / 1000.0)
    };
    let count = all.took_us.len();
    println!(
        "{}",
        json!({
            "count": count,
            "seconds": seconds,
            "per_second": count as f64 / seconds,
            "statuses": all.statuses,
            "p50_ms": at(0.5),
            "p99_ms": at(0.99),
        })
    );
    Ok(())
}

impl Load {
    fn asked(arguments: Vec<String>) -> Result<Load, Box<dyn Error>> {
        let usage =
            "load ADDRESS refused|accepted|mixed SECONDS|=COUNT [RATE], or load ADDRESS answer";
        let mut arguments = arguments.into_iter();
        let mut next = || arguments.next().ok_or(usage);
        let address = next()?;
        let kind = match next()?.as_str() {
            "refused" => Kind::Refused,
            "accepted" => Kind::Accepted,
            "mixed" => Kind::Mixed,
            _ => return Err(usage.into()),
        };
        let until = next()?;
        let until = match until.strip_prefix('=') {
            Some(count) => Until::Sent(count.parse()?),
            None => Until::After(Duration::from_secs_f64(until.parse()?)),
        };
        let rate: u64 = arguments.next().map_or(Ok(0), |rate| rate.parse())?;
        let (document, pack) = reports::demo()?;
        let mut cases = reports::cases(&Desk::open(document.as_bytes(), &pack)?)?;
        cases.retain(|case| match kind {
            Kind::Refused => case.flaw != Flaw::None,
            Kind::Accepted => case.flaw == Flaw::None,
            Kind::Mixed => true,
        });
        let texts = cases.iter().flat_map(|case| case.text.split_whitespace());
        let words: BTreeSet<&str> = texts
            .filter(|word| word.chars().all(char::is_alphabetic))
            .collect();
        let words = words.into_iter().map(str::to_owned).collect();
        let keys = std::env::var("BALAGH_SESSION_KEYS")?;
        let mut load = Load {
            address,
            kind,
            until,
            pause_ns: 1_000_000_000_u64.checked_div(rate).unwrap_or(0),
            sessions: Keyring::parse("BALAGH_SESSION_KEYS", &keys)?,
            cases,
            words,
            made: Vec::new(),
            sent: AtomicU64::new(0),
            run: now_ms(),
            began: Instant::now(),
        };
        load.made = (0..load.makes(rate))
            .map(|number| load.request(number))
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())?;
        load.began = Instant::now();
        Ok(load)
    }

    /// How many requests are made before the first is sent.
    fn makes(&self, rate: u64) -> u64 {
        if self.kind != Kind::Accepted {
            return MADE_BEFORE;
        }
        let all = match self.until {
            Until::Sent(count) => count,
            Until::After(time) => {
                let a_second = if rate == 0 { MADE_A_SECOND } else { rate };
                (time.as_secs() + 1).saturating_mul(a_second)
            }
        };
        all.min(MOST_MADE)
    }

    /// The request of this number, if it was made before.
    fn made(&self, number: u64) -> Option<&Vec<u8>> {
        let place = match self.kind {
            Kind::Accepted => number,
            Kind::Refused | Kind::Mixed => number % MADE_BEFORE,
        };
        self.made.get(usize::try_from(place).ok()?)
    }

    /// The next request's number; nothing once it is over.
    fn next(&self) -> Option<u64> {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        match self.until {
            Until::After(time) => self.began.elapsed() < time,
            Until::Sent(count) => number < count,
        }
        .then_some(number)
    }

    fn request(&self, number: u64) -> Result<Vec<u8>, Failed> {
        let index = number as usize % self.cases.len().max(1);
        let case = self.cases.get(index).ok_or("there are no cases")?;
        let mut nonce = [0; 16];
        let (left, right) = nonce.split_at_mut(8);
        left.copy_from_slice(&self.run.to_be_bytes());
        right.copy_from_slice(&number.to_be_bytes());
        let origin = format!("http://{}", self.address);
        let now = i64::try_from(self.run / 1000)?;
        let session = Session::mint(&self.sessions, MUNICIPALITY, &origin, &nonce, now - 60);
        let body = match self.kind {
            Kind::Accepted => self.another(case, number)?,
            Kind::Refused | Kind::Mixed => case.json.clone(),
        };
        // Of 2^24 households.
        let [_, _, _, _, _, a, b, c] = number.to_be_bytes();
        Ok(format!(
            "POST /v1/{MUNICIPALITY}/reports HTTP/1.1\r\nhost: {}\r\norigin: {origin}\r\n\
             content-type: application/json\r\naccept-language: ar\r\nbalagh-session: {session}\r\n\
             idempotency-key: {:011x}-{number:011x}\r\nx-forwarded-for: 10.{a}.{b}.{c}\r\n\
             content-length: {}\r\n\r\n{body}",
            self.address,
            self.run,
            body.len(),
        )
        .into_bytes())
    }

    /// A report by somebody else in words of their own: copies of one text would be held, and rightly so.
    fn another(&self, case: &Case, number: u64) -> Result<String, Failed> {
        let mut report: Value = serde_json::from_str(&case.json)?;
        if let Some(fields) = report.as_object_mut() {
            let mut text = String::new();
            let mut drawn = number ^ self.run;
            for _ in 0..OWN_WORDS {
                // Knuth's constants of MMIX; the upper bits are the ones that vary.
                drawn = drawn
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let index = (drawn >> 33) as usize % self.words.len().max(1);
                text.push(' ');
                text.push_str(self.words.get(index).ok_or("there are no words")?);
            }
            fields.insert("description".to_owned(), Value::from(text));
            let phone = format!("055 {:07}", number % 10_000_000);
            fields.insert("contact".to_owned(), json!({ "phone": phone }));
        }
        Ok(report.to_string())
    }
}

async fn connection(load: Arc<Load>) -> Result<Seen, Failed> {
    let mut stream = opened(&load.address).await?;
    let mut seen = Seen::default();
    let mut buffer = Vec::with_capacity(16 * 1024);
    while let Some(number) = load.next() {
        let request = match load.made(number) {
            Some(made) => Cow::Borrowed(made),
            None => Cow::Owned(load.request(number)?),
        };
        // With a rate, a request's time counts from when it was due: whoever waits behind a stalled
        // one waits too.
        let began = if load.pause_ns == 0 {
            Instant::now()
        } else {
            let due = load.began + Duration::from_nanos(load.pause_ns.saturating_mul(number));
            tokio::time::sleep_until(due.into()).await;
            due
        };
        let status = match asked(&mut stream, &request, &mut buffer).await {
            Ok(status) => status,
            // A server may close a connection between two requests; a browser opens another, once.
            Err(_) if buffer.is_empty() => {
                stream = opened(&load.address).await?;
                asked(&mut stream, &request, &mut buffer).await?
            }
            Err(error) => return Err(error),
        };
        let took = u64::try_from(began.elapsed().as_micros())?;
        seen.took_us.push(took);
        *seen.statuses.entry(status).or_default() += 1;
    }
    Ok(seen)
}

async fn opened(address: &str) -> Result<TcpStream, Failed> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends a request and reads its answer; its status.
async fn asked(
    stream: &mut TcpStream,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> Result<u16, Failed> {
    buffer.clear();
    stream.write_all(request).await?;
    answer(stream, buffer).await
}

/// Reads one answer to its end; its status.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<u16, Failed> {
    let is_whole = |buffer: &[u8]| buffer.ends_with(b"0\r\n\r\n");
    message(stream, buffer, is_whole).await?;
    let status = buffer.get(9..12).unwrap_or_default();
    Ok(std::str::from_utf8(status)?.parse()?)
}

/// Reads one message to its end: by its length, and where it tells none, until it is whole.
async fn message(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    is_whole: impl Fn(&[u8]) -> bool,
) -> Result<(), Failed> {
    let (mut body_at, mut length) = (None, None);
    loop {
        if let Some(at) = body_at {
            let is_here = match length {
                Some(length) => buffer.len() >= at + length,
                None => is_whole(buffer),
            };
            if is_here {
                return Ok(());
            }
        }
        if stream.read_buf(buffer).await? == 0 {
            return Err("the connection was closed".into());
        }
        if body_at.is_none() {
            let end = buffer.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                body_at = Some(end + 4);
                length = content_length(buffer.get(..end).unwrap_or_default());
            }
        }
    }
}

fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let fields = head.split(|byte| *byte == b'\n');
    let value = fields.filter_map(|field| {
        let (name, value) = field.split_at_checked(NAME.len())?;
        name.eq_ignore_ascii_case(NAME).then_some(value)
    });
    let value = value.map(|value| std::str::from_utf8(value).unwrap_or_default());
    value.map(str::trim).find_map(|value| value.parse().ok())
}

/// The empty handler, until it is ended.
async fn answer_all(address: &str) -> Result<(), Box<dyn Error>> {
    let body = "x".repeat(300);
    let length = body.len();
    let answer: Arc<str> = format!(
        "HTTP/1.1 422 Unprocessable Content\r\ncontent-type: application/problem+json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into();
    let listener = TcpListener::bind(address).await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let answer = Arc::clone(&answer);
        tokio::spawn(async move {
            let mut buffer = Vec::with_capacity(16 * 1024);
            // A request without a length has no body. It ends when the other side does.
            while message(&mut stream, &mut buffer, |_| true).await.is_ok()
                && stream.write_all(answer.as_bytes()).await.is_ok()
            {
                buffer.clear();
            }
        });
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or_default()
    })
}
