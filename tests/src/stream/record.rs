//! The recorded stream: ten thousand requests drawn by a seed, the same ones every time. Reports of the
//! [`cases`](crate::reports) in six languages, advertisements, and everything that a form, a partner's
//! program, an impatient citizen or somebody hostile sends instead.

use std::collections::BTreeMap;
use std::error::Error;

use balagh_shared::canonical::hex;
use balagh_shared::keyring::Keyring;
use balagh_shared::number::ReportNumber;
use balagh_shared::proof::{Challenge, Progress, Solution, Solver};
use balagh_shared::session::{LIFETIME_S, Session};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{FUNCTION, Recorded, Setting};
use crate::desk::Desk;
use crate::reports::{self, Case, Chance};

/// Noon in Dammam on a Saturday.
const START_MS: i64 = 1_795_251_600_000;
const MUNICIPALITY: &str = "eastern-province";
const PARTNER_PAGE: &str = "https://portal.example";
const PARTNER_KEY: &str = "recorded-partner-key";
const LANGUAGES: [&str; 6] = ["ar", "en", "hi", "id", "ms", "ur"];

/// The way of those who do the work they are asked for, among the [`Recorder::proof`]s.
const HONEST: u64 = 7;

/// What was recorded.
#[derive(Debug)]
pub struct Recording {
    /// What the requests are sent to.
    pub setting: Setting,
    /// Its boundary pack.
    pub pack: Vec<u8>,
    /// The requests, in their order.
    pub requests: Vec<Recorded>,
}

/// Records `count` requests.
///
/// # Errors
/// When the checkout is not whole.
pub fn record(count: usize) -> Result<Recording, Box<dyn Error>> {
    let (document, pack) = reports::demo()?;
    let desk = Desk::open(document.as_bytes(), &pack)?;
    let cases = reports::cases(&desk)?;
    let adverts = texts("shared/spam/development/spam.tsv")?;
    let angry = texts("shared/spam/development/honest.tsv")?;
    let key = |letter: u8| {
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([letter; 32]);
        format!("recorded:{bytes}")
    };
    let purposes = [
        "BALAGH_SESSION_KEYS",
        "BALAGH_SENDER_KEYS",
        "BALAGH_RELAY_KEYS",
    ];
    let keys: BTreeMap<String, String> = purposes
        .iter()
        .zip(b'a'..)
        .map(|(name, letter)| ((*name).to_owned(), key(letter)))
        .collect();
    let mut recorder = Recorder {
        chance: Chance(0x57_2e_a7),
        sessions: Keyring::parse("recorded", &key(b'a'))?,
        strangers: Keyring::parse("recorded", &key(b'z'))?,
        cases,
        adverts,
        angry,
        sent: Vec::new(),
        at: START_MS,
    };
    let requests = (0..count)
        .map(|_| recorder.request())
        .collect::<Result<_, _>>()?;
    let setting = Setting {
        document: pressed(&document)?,
        keys,
        receipt: receipt(&recorder.sessions)?,
    };
    Ok(Recording {
        setting,
        pack,
        requests,
    })
}

/// The demo's document with a partner that has a key, less patience, and work that is soon done.
fn pressed(document: &str) -> Result<String, Box<dyn Error>> {
    let mut document: Value = serde_json::from_str(document)?;
    let partner = document
        .pointer_mut("/partners/0")
        .ok_or("the demo has no partner")?;
    let fields = partner.as_object_mut().ok_or("a partner is no object")?;
    fields.insert("origins".to_owned(), json!([PARTNER_PAGE]));
    let hash = hex(&Sha256::digest(PARTNER_KEY));
    fields.insert("key_hashes".to_owned(), json!([hash]));
    fields.insert("rate".to_owned(), json!({"burst": 5, "every_seconds": 20}));
    let screening = json!({
        "sender": {"burst": 2, "every_seconds": 20},
        "network": {"burst": 60, "every_seconds": 2},
        "contact": {"burst": 3, "every_seconds": 300},
        "ceiling": {"burst": 10, "every_seconds": 18},
        "proof": {"least": 100, "most": 2_000},
    });
    let fields = document
        .as_object_mut()
        .ok_or("the document is no object")?;
    fields.insert("screening".to_owned(), screening);
    Ok(document.to_string())
}

fn receipt(numbers: &Keyring) -> Result<String, Box<dyn Error>> {
    let prefix = balagh_shared::number::Prefix::parse("EP")?;
    let number = ReportNumber::mint(&prefix, &[1; 8]);
    let secret = balagh_shared::number::Secret::derive(numbers, "recorded", MUNICIPALITY, &number)
        .map_err(|_| "the key has gone")?;
    Ok(json!({
        "number": number.to_string(),
        "secret": secret.reveal(),
        "received_at": "2026-11-21T09:00:00Z",
        "verdict": "accepted",
        "status_url": format!("{FUNCTION}/v1/{MUNICIPALITY}/reports/{number}"),
    })
    .to_string())
}

/// The second column of a file of texts.
fn texts(path: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let file = reports::read(path)?;
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    Ok(lines
        .filter_map(|line| Some(line.split_once('\t')?.1.to_owned()))
        .collect())
}

struct Recorder {
    chance: Chance,
    sessions: Keyring,
    strangers: Keyring,
    cases: Vec<Case>,
    adverts: Vec<String>,
    angry: Vec<String>,
    /// Some of what was sent, for those who send it again.
    sent: Vec<Recorded>,
    at: i64,
}

impl Recorder {
    fn request(&mut self) -> Result<Recorded, Box<dyn Error>> {
        // A quarter of an hour in ten thousand, and a lull now and then.
        self.at += 1 + self.below(180) as i64;
        if self.below(1_000) == 0 {
            self.at += 3_600_000;
        }
        let recorded = match self.below(100) {
            0 => {
                let path = format!("/v1/{MUNICIPALITY}?lang={}", self.language());
                self.asked("GET", &path)
            }
            1 => self.asked("POST", &format!("/v1/{MUNICIPALITY}/session")),
            2..=6 if !self.sent.is_empty() => self.again(),
            _ => self.report()?,
        };
        if self.below(20) == 0 {
            if self.sent.len() == 64 {
                self.sent.remove(0);
            }
            self.sent.push(recorded.clone());
        }
        Ok(recorded)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.chance.below(most)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = self.below(of.len() as u64) as usize;
        of.get(at).copied().unwrap_or_default()
    }

    fn text(&mut self, of: fn(&Self) -> &Vec<String>) -> String {
        let at = self.below(of(self).len() as u64) as usize;
        of(self).get(at).cloned().unwrap_or_default()
    }

    fn language(&mut self) -> &'static str {
        self.one(&LANGUAGES)
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.below(256) as u8)
    }

    fn asked(&mut self, method: &str, path: &str) -> Recorded {
        let language = self.language();
        let headers = [("accept-language", language), ("origin", FUNCTION)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Recorded {
            at: self.at,
            address: self.address(),
            method: method.to_owned(),
            path: path.to_owned(),
            headers: BTreeMap::from(headers),
            body: None,
        }
    }

    /// A few press hard, some share a network, most come once.
    fn address(&mut self) -> String {
        match self.below(10) {
            0 => format!("198.51.100.{}", self.below(3)),
            1 => format!("203.0.113.{}", self.below(256)),
            2 => format!("2001:db8:{:x}::{:x}", self.below(40), self.below(65_536)),
            3 => self
                .one(&["", "unknown", "::ffff:192.0.2.1", "fe80::1%eth0"])
                .to_owned(),
            _ => format!(
                "10.{}.{}.{}",
                self.below(20),
                self.below(256),
                self.below(256)
            ),
        }
    }

    /// What was sent before: to the letter, changed under its key, or with its session alone.
    fn again(&mut self) -> Recorded {
        let at = self.below(self.sent.len() as u64) as usize;
        let Some(mut recorded) = self.sent.get(at).cloned() else {
            return self.asked("GET", "/nowhere/at/all");
        };
        recorded.at = self.at;
        match self.below(3) {
            0 => {}
            1 => {
                let body = recorded.body.take();
                recorded.body = body.map(|body| body.replace("\"widget\"", "\"kiosk\""));
            }
            _ => {
                let key = hex(&self.bytes::<16>());
                recorded.headers.insert("idempotency-key".to_owned(), key);
            }
        }
        recorded
    }

    fn report(&mut self) -> Result<Recorded, Box<dyn Error>> {
        let mut recorded = self.asked("POST", &format!("/v1/{MUNICIPALITY}/reports"));
        let body = self.body()?;
        let key = hex(&self.bytes::<16>());
        let mut add = |name: &str, value: String| recorded.headers.insert(name.to_owned(), value);
        add("content-type", "application/json".to_owned());
        add("content-length", body.len().to_string());
        add("idempotency-key", key);
        let nonce = self.bytes();
        let now = self.at / 1000;
        let session = Session::mint(&self.sessions, MUNICIPALITY, FUNCTION, &nonce, now - 60);
        recorded
            .headers
            .insert("balagh-session".to_owned(), session);
        recorded.body = Some(body);
        // Who presses hard does the work that is asked for, and runs into the limits behind it.
        let presses = recorded.address.starts_with("198.51.100");
        if presses || self.below(5) == 0 {
            let way = if presses { HONEST } else { self.below(8) };
            let proof = self.proof(way)?;
            recorded.headers.insert("balagh-proof".to_owned(), proof);
        }
        if self.below(5) == 0 {
            self.spoil(&mut recorded);
        }
        Ok(recorded)
    }

    fn body(&mut self) -> Result<String, Box<dyn Error>> {
        let at = self.below(self.cases.len() as u64) as usize;
        let case = self.cases.get(at).ok_or("there are no cases")?;
        let Ok(mut report) = serde_json::from_str::<Value>(&case.json) else {
            return Ok(case.json.clone());
        };
        let text = match self.below(10) {
            0 => Some(self.text(|it| &it.adverts)),
            1 => Some(self.text(|it| &it.angry)),
            _ => None,
        };
        let contact = match self.below(20) {
            0 => Some(json!({"phone": format!("050 111 222{}", self.below(4))})),
            1 => Some(
                json!({"email": self.one(&["amal@example.org", " AMAL@example.org", "amal@", "@"])}),
            ),
            2 => Some(json!({"name": "n".repeat(301)})),
            _ => None,
        };
        let fields = report.as_object_mut().ok_or("a report is no object")?;
        if let Some(text) = text {
            fields.insert("description".to_owned(), Value::from(text));
        }
        if let Some(contact) = contact {
            fields.insert("contact".to_owned(), contact);
        }
        Ok(report.to_string())
    }

    /// A challenge of ours, solved; or not, or too easy, over, a stranger's or no challenge at all.
    fn proof(&mut self, way: u64) -> Result<String, Box<dyn Error>> {
        let random = self.bytes();
        let now = self.at / 1000;
        let (keyring, work, made) = match way {
            0 => (&self.strangers, 400, now),
            1 => (&self.sessions, 400, now - 86_400),
            2 => (&self.sessions, 4, now),
            _ => (&self.sessions, 2_000, now),
        };
        let challenge = Challenge::new(keyring, MUNICIPALITY, work, &random, made);
        let asked = &challenge.parameters;
        let mut solver = Solver::new(&asked.salt, &asked.nonce, &asked.key_prefix)?;
        let Progress::Solved { counter, key } = solver.work(2_001) else {
            return Err("a challenge has no solution".into());
        };
        let counter = if way == 3 { counter + 1 } else { counter };
        let solution = Solution {
            counter,
            derived_key: hex(&key),
            time: 12.0,
        };
        let payload = json!({"challenge": challenge, "solution": solution}).to_string();
        Ok(match way {
            4 => BASE64.encode(payload.get(1..).unwrap_or_default()),
            _ => BASE64.encode(payload),
        })
    }

    /// One thing that is wrong around the report.
    fn spoil(&mut self, recorded: &mut Recorded) {
        let nonce = self.bytes();
        let now = self.at / 1000;
        let mint = |keyring: &Keyring, municipality: &str, origin: &str, at: i64| {
            Session::mint(keyring, municipality, origin, &nonce, at)
        };
        let session = match self.below(24) {
            0 => mint(&self.sessions, MUNICIPALITY, FUNCTION, now - LIFETIME_S),
            1 => mint(&self.sessions, MUNICIPALITY, FUNCTION, now - LIFETIME_S + 1),
            2 => mint(&self.sessions, "holy-capital", FUNCTION, now),
            3 => mint(&self.sessions, MUNICIPALITY, PARTNER_PAGE, now),
            4 => mint(&self.strangers, MUNICIPALITY, FUNCTION, now),
            5 => "b1.recorded.e30".to_owned(),
            6 => String::new(),
            7 => {
                let whole = mint(&self.sessions, MUNICIPALITY, FUNCTION, now);
                let other = mint(&self.sessions, MUNICIPALITY, FUNCTION, now + 1);
                let (head, _) = whole.rsplit_once('.').unwrap_or_default();
                let (_, tag) = other.rsplit_once('.').unwrap_or_default();
                format!("{head}.{tag}")
            }
            way => return self.spoil_otherwise(recorded, way),
        };
        recorded
            .headers
            .insert("balagh-session".to_owned(), session);
    }

    fn spoil_otherwise(&mut self, recorded: &mut Recorded, way: u64) {
        let (name, value) = match way {
            8 => ("authorization", format!("Bearer {PARTNER_KEY}")),
            9 => ("authorization", "Bearer somebody-elses".to_owned()),
            10 => ("origin", "https://nobody.example".to_owned()),
            11 => ("origin", "null".to_owned()),
            12 => ("origin", PARTNER_PAGE.to_owned()),
            13 => ("content-type", "text/plain".to_owned()),
            14 => ("content-type", "Application/JSON; charset=utf-8".to_owned()),
            15 => ("idempotency-key", "short".to_owned()),
            16 => ("idempotency-key", "k".repeat(65)),
            17 => ("accept-language", "tlh, ur;q=0.4, *;q=0.1".to_owned()),
            18 => ("content-length", "999999999".to_owned()),
            19 => {
                "/v1/atlantis/reports".clone_into(&mut recorded.path);
                return;
            }
            20 => {
                "PUT".clone_into(&mut recorded.method);
                return;
            }
            21 => {
                let body = format!("\"{}\"", "x".repeat(70_000));
                recorded.headers.remove("content-length");
                recorded.body = Some(body);
                return;
            }
            22 => {
                recorded.headers.remove("idempotency-key");
                return;
            }
            _ => {
                recorded.headers.remove("origin");
                return;
            }
        };
        recorded.headers.insert(name.to_owned(), value);
    }
}
