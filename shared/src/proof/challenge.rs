//! The challenge that an edge signs, and the attempt that comes back.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD_INDIFFERENT as BASE64;
use serde::{Deserialize, Serialize};

use super::{ALGORITHM, PREFIX, Progress, RANDOM, Solver, bytes, key};
use crate::canonical::hex;
use crate::keyring::{Keyring, is_kid};

/// How long a challenge is good for, in seconds: a queue may be offline between the challenge and
/// its solution, and comes back for another one if it was for longer.
pub const LIFETIME_S: i64 = 20 * 60;

/// Most bytes of the header an attempt comes in; what a solver sends has some 700.
const LONGEST: usize = 2048;

/// What the sender is asked to solve: the `challenge` of a 428 answer's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// The task.
    pub parameters: Parameters,
    /// HMAC-SHA256 over the parameters' canonical JSON (keys sorted, no white space), in lower-case
    /// hexadecimal.
    pub signature: String,
}

/// The task, in ALTCHA's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Parameters {
    /// Always [`ALGORITHM`].
    pub algorithm: String,
    /// Always 1: hashes a counter.
    pub cost: u32,
    /// What the challenge is bound to.
    pub data: Bound,
    /// From when it is no longer good, in seconds since 1970.
    pub expires_at: i64,
    /// Always 32: bytes of a key.
    pub key_length: u32,
    /// The first 16 bytes of the key that is sought, in hexadecimal.
    pub key_prefix: String,
    /// 16 random bytes, in hexadecimal; what is spent when a report is stored with it.
    pub nonce: String,
    /// 16 random bytes, in hexadecimal.
    pub salt: String,
}

/// What a challenge is bound to, inside of its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// The id of the key that signed it.
    pub kid: String,
    /// The id of the municipality it was made for.
    pub m: String,
}

/// What the solver found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Solution {
    /// The counter.
    pub counter: u32,
    /// Its key, in lower-case hexadecimal.
    pub derived_key: String,
    /// How long the search took, in milliseconds; a feature, never a reason.
    #[serde(default)]
    pub time: f64,
}

/// A returned challenge whose signature, end and municipality are good. Its solution is not looked
/// at yet: whether the nonce is spent comes first, and the caller knows that.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// What is spent when a report is stored with it.
    pub nonce: [u8; RANDOM],
    /// From when it is no longer good, in seconds since 1970: so long a spent nonce is remembered.
    pub expires_at: i64,
    salt: [u8; RANDOM],
    prefix: [u8; PREFIX],
    solution: Solution,
}

/// Why an attempt is not good. All are answered with a new challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProofError {
    /// The client sent something that is not a challenge with a solution, or that this edge did not
    /// sign.
    Malformed,
    /// The client took more than [`LIFETIME_S`], or its key was retired.
    Expired,
    /// The client solved a challenge of another municipality.
    Foreign,
    /// The client's counter does not give the key that was sought.
    Wrong,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    challenge: Challenge,
    solution: Solution,
}

impl Challenge {
    /// A challenge of at least half and at most `work` hashes, signed with the current key.
    ///
    /// `random`: 36 bytes fresh from the system, for nonce, salt and counter. `now` in seconds since
    /// 1970.
    #[must_use]
    pub fn new(
        keyring: &Keyring,
        municipality: &str,
        work: u32,
        random: &[u8; 2 * RANDOM + 4],
        now: i64,
    ) -> Challenge {
        let mut drawn = random.iter().copied();
        let mut draw = || std::array::from_fn(|_| drawn.next().unwrap_or_default());
        let (nonce, salt) = (draw(), draw());
        let spread: [u8; 4] = std::array::from_fn(|_| drawn.next().unwrap_or_default());
        let least = work / 2;
        let counter = least + u32::from_be_bytes(spread) % (work - least).max(1);
        let sought = key(&salt, &nonce, counter);
        let signer = keyring.current();
        let parameters = Parameters {
            algorithm: ALGORITHM.to_owned(),
            cost: 1,
            data: Bound {
                kid: signer.kid().to_owned(),
                m: municipality.to_owned(),
            },
            expires_at: now.saturating_add(LIFETIME_S),
            key_length: 32,
            key_prefix: hex(sought.first_chunk::<PREFIX>().map_or(&[][..], |it| it)),
            nonce: hex(&nonce),
            salt: hex(&salt),
        };
        let signature = hex(&signer.mac(&[parameters.canonical().as_bytes()]));
        Challenge {
            parameters,
            signature,
        }
    }

    /// The header `Balagh-Proof` that this challenge asks for, with all the work done at once: for
    /// programs, where a phone works in slices. Nothing where no counter fits.
    #[must_use]
    pub fn answered(self) -> Option<String> {
        let Parameters {
            salt,
            nonce,
            key_prefix,
            ..
        } = &self.parameters;
        let mut solver = Solver::new(salt, nonce, key_prefix).ok()?;
        let Progress::Solved { counter, key } = solver.work(u32::MAX) else {
            return None;
        };
        let solution = Solution {
            counter,
            derived_key: hex(&key),
            time: 0.0,
        };
        let payload = Payload {
            challenge: self,
            solution,
        };
        let payload = serde_json::to_vec(&payload).ok()?;
        Some(BASE64.encode(payload))
    }
}

impl Parameters {
    /// The bytes that are signed. Written out, so that no serialiser's settings can change them; the
    /// two texts that are not ours alone have been held to characters that JSON leaves as they are.
    fn canonical(&self) -> String {
        let Parameters {
            algorithm,
            cost,
            data: Bound { kid, m },
            expires_at,
            key_length,
            key_prefix,
            nonce,
            salt,
        } = self;
        format!(
            "{{\"algorithm\":\"{algorithm}\",\"cost\":{cost},\"data\":{{\"kid\":\"{kid}\",\"m\":\"{m}\"}},\
             \"expiresAt\":{expires_at},\"keyLength\":{key_length},\"keyPrefix\":\"{key_prefix}\",\
             \"nonce\":\"{nonce}\",\"salt\":\"{salt}\"}}"
        )
    }

    fn is_ours(&self) -> bool {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        self.algorithm == ALGORITHM
            && self.cost == 1
            && self.key_length == 32
            && is_kid(&self.data.kid)
            && self.data.m.bytes().all(plain)
    }
}

impl Attempt {
    /// Reads what came in the header (base64 of `{challenge, solution}`, ALTCHA's payload) and checks
    /// the signature, then the end, then the municipality. No hash of the search is done.
    ///
    /// # Errors
    /// [`ProofError`], the first that applies in the order malformed, expired, foreign.
    pub fn open(
        keyring: &Keyring,
        header: &str,
        municipality: &str,
        now: i64,
    ) -> Result<Attempt, ProofError> {
        if header.len() > LONGEST {
            return Err(ProofError::Malformed);
        }
        let json = BASE64
            .decode(header.trim())
            .map_err(|_| ProofError::Malformed)?;
        let Payload {
            challenge,
            solution,
        } = serde_json::from_slice(&json).map_err(|_| ProofError::Malformed)?;
        let parameters = &challenge.parameters;
        if !parameters.is_ours() {
            return Err(ProofError::Malformed);
        }
        let signature = bytes::<32>(&challenge.signature).ok_or(ProofError::Malformed)?;
        // A key is retired long after the last challenge it signed: whoever names it came too late.
        let key = keyring
            .key(&parameters.data.kid)
            .map_err(|_| ProofError::Expired)?;
        if !key.verifies(&[parameters.canonical().as_bytes()], &signature) {
            return Err(ProofError::Malformed);
        }
        if now >= parameters.expires_at {
            return Err(ProofError::Expired);
        }
        if parameters.data.m != municipality {
            return Err(ProofError::Foreign);
        }
        Ok(Attempt {
            nonce: bytes(&parameters.nonce).ok_or(ProofError::Malformed)?,
            expires_at: parameters.expires_at,
            salt: bytes(&parameters.salt).ok_or(ProofError::Malformed)?,
            prefix: bytes(&parameters.key_prefix).ok_or(ProofError::Malformed)?,
            solution,
        })
    }

    /// Checks the solution, with one hash. To be asked once the nonce is known to be unspent.
    ///
    /// # Errors
    /// [`ProofError::Wrong`] when the counter's key is not the one that was sought.
    pub fn solved(&self) -> Result<(), ProofError> {
        let found = key(&self.salt, &self.nonce, self.solution.counter);
        let told = bytes::<32>(&self.solution.derived_key);
        if found.starts_with(&self.prefix) && told == Some(found) {
            Ok(())
        } else {
            Err(ProofError::Wrong)
        }
    }

    /// Whether it was worth `work` hashes, or half of that: the pressure may have doubled since it was
    /// asked for. The counter tells, which lies in the upper half of the work asked for; so it is to be
    /// asked only of what is [solved](Attempt::solved).
    #[must_use]
    pub fn is_worth(&self, work: u32) -> bool {
        self.solution.counter >= work / 4
    }
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProofError::Malformed => "not a challenge of this edge with a solution",
            ProofError::Expired => "the challenge is over",
            ProofError::Foreign => "the challenge belongs to another municipality",
            ProofError::Wrong => "the counter does not solve the challenge",
        })
    }
}

impl std::error::Error for ProofError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring::for_tests;
    use proptest::prelude::*;

    const NOW: i64 = 1_795_243_260;
    const HERE: &str = "eastern-province";

    fn solve(challenge: &Challenge, tries: u32) -> Solution {
        let Parameters {
            salt,
            nonce,
            key_prefix,
            ..
        } = &challenge.parameters;
        let mut solver = Solver::new(salt, nonce, key_prefix).unwrap();
        let Progress::Solved { counter, key } = solver.work(tries) else {
            panic!("no solution within {tries} tries");
        };
        Solution {
            counter,
            derived_key: hex(&key),
            time: 12.0,
        }
    }

    fn header(challenge: &Challenge, solution: &Solution) -> String {
        let payload = serde_json::json!({"challenge": challenge, "solution": solution});
        BASE64.encode(payload.to_string())
    }

    #[test]
    fn an_easy_challenge_is_not_worth_a_hard_ones_work() {
        for drawn in [[0; 36], [5; 36], [255; 36]] {
            let challenge = Challenge::new(&for_tests(), HERE, 1_000, &drawn, NOW);
            let solved = challenge.answered().unwrap();
            let attempt = Attempt::open(&for_tests(), &solved, HERE, NOW).unwrap();
            assert_eq!(attempt.solved(), Ok(()));
            let worth = |work| attempt.is_worth(work);
            assert!(worth(0) && worth(1_000), "what was asked for");
            assert!(worth(2_000), "the pressure doubled meanwhile");
            assert!(!worth(8_000), "collected in calm");
        }
    }

    /// Solves a challenge, lets `change` at it, and looks at what the edge says.
    #[track_caller]
    fn check(
        change: impl FnOnce(&mut Challenge, &mut Solution),
        at: (&str, i64),
        expected: Result<(), ProofError>,
    ) {
        let mut challenge = Challenge::new(&for_tests(), HERE, 300, &[5; 36], NOW);
        let mut solution = solve(&challenge, 300);
        change(&mut challenge, &mut solution);
        let (municipality, now) = at;
        let answer = Attempt::open(
            &for_tests(),
            &header(&challenge, &solution),
            municipality,
            now,
        )
        .and_then(|attempt| attempt.solved());
        assert_eq!(answer, expected);
    }

    #[test]
    fn a_solved_challenge_is_good_until_its_end_and_where_it_was_made() {
        check(|_, _| {}, (HERE, NOW), Ok(()));
        check(|_, _| {}, (HERE, NOW + LIFETIME_S - 1), Ok(()));
        check(
            |_, _| {},
            (HERE, NOW + LIFETIME_S),
            Err(ProofError::Expired),
        );
        check(|_, _| {}, ("holy-capital", NOW), Err(ProofError::Foreign));
    }

    #[test]
    fn whatever_is_changed_inside_the_signature_breaks_it() {
        let changes: [fn(&mut Parameters); 6] = [
            |it| it.expires_at += 1,
            |it| it.key_prefix = "00".repeat(16),
            |it| it.nonce = "00".repeat(16),
            |it| it.salt = "00".repeat(16),
            |it| it.data.m = "holy-capital".into(),
            |it| it.data.kid = "b".into(),
        ];
        for change in changes {
            check(
                |challenge, _| change(&mut challenge.parameters),
                (HERE, NOW),
                Err(ProofError::Malformed),
            );
        }
    }

    #[test]
    fn another_algorithm_or_cost_is_refused_even_before_its_signature() {
        check(
            |challenge, _| challenge.parameters.algorithm = "PBKDF2/SHA-256".into(),
            (HERE, NOW),
            Err(ProofError::Malformed),
        );
        check(
            |challenge, _| challenge.parameters.cost = u32::MAX,
            (HERE, NOW),
            Err(ProofError::Malformed),
        );
    }

    #[test]
    fn a_wrong_counter_or_an_invented_key_solves_nothing() {
        check(
            |_, solution| solution.counter += 1,
            (HERE, NOW),
            Err(ProofError::Wrong),
        );
        check(
            |_, solution| solution.derived_key = "ab".repeat(32),
            (HERE, NOW),
            Err(ProofError::Wrong),
        );
    }

    #[test]
    fn a_challenge_of_a_retired_key_is_over() {
        check(
            |challenge, _| challenge.parameters.data.kid = "gone".into(),
            (HERE, NOW),
            Err(ProofError::Expired),
        );
    }

    /// Made and solved by `altcha-lib` 2.8.0 for Node, with the key's bytes as its secret.
    #[test]
    fn what_the_reference_implementation_signs_and_solves_is_good_here() {
        let key = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .encode(b"0123456789abcdef0123456789abcdef");
        let keyring = Keyring::parse("KEYS", &format!("k1:{key}")).unwrap();
        let payload = r#"{"challenge":{"parameters":{"algorithm":"SHA-256","cost":1,
            "data":{"kid":"k1","m":"eastern-province"},"expiresAt":1795243860,"keyLength":32,
            "keyPrefix":"aeb8527bd7e178ea6dda03ac0b3698c3",
            "nonce":"3812bcc56a187907727153c599f7b6c2","salt":"5b4e5880f8bd340e0ca16ea08991f009"},
            "signature":"a96d8f99d5ce2104ca86f4182082446f84b423578685029fb1d255250dd7936f"},
            "solution":{"counter":700,"time":12,
            "derivedKey":"aeb8527bd7e178ea6dda03ac0b3698c38e1d4bc7c90e2411279ffb2f71ee65d2"}}"#;
        let attempt = Attempt::open(&keyring, &BASE64.encode(payload), HERE, NOW).unwrap();
        assert_eq!(attempt.solved(), Ok(()));
    }

    proptest! {
        #[test]
        fn the_work_is_between_half_and_all_of_what_is_asked(
            work in 1_u32..600, random in any::<[u8; 36]>()
        ) {
            let challenge = Challenge::new(&for_tests(), HERE, work, &random, NOW);
            let solution = solve(&challenge, work);
            prop_assert!(solution.counter >= work / 2 && solution.counter < work);
        }

        #[test]
        fn no_header_makes_it_panic(header in ".{0,300}") {
            prop_assert!(Attempt::open(&for_tests(), &header, HERE, NOW).is_err());
        }
    }
}
