//! Photos of the work: handed over by the origin, shown to who tracks the report, or to anybody where
//! a person at the municipality made them public.
//!
//! A picture on a page cannot say who asks for it. Its address says it: a pass, signed and good for
//! some hours, which is given to nobody but who has shown the tracking code.

use balagh_shared::canonical::hex;
use balagh_shared::keyring::Keyring;
use balagh_shared::number::ReportNumber;
use balagh_shared::photo::{self, Limits};
use balagh_shared::reason::Reason;
use balagh_shared::status::PublicStatus;
use balagh_shared::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};

use crate::http::route::PHOTO_BYTES;
use crate::http::{Request, Response};
use crate::news::signed;
use crate::served::Served;

/// Seconds between two passes for the same picture: within them its address stays the same, so that a
/// browser does not fetch it again.
const STEP_S: i64 = 6 * 3600;

/// The media type of what the origin hands over at `PUT /origin/v1/photos/{number}/{sha256}`, signed by
/// one of `keys`.
///
/// # Errors
/// Why it is not taken.
pub fn handed(
    keys: &Keyring,
    request: &Request,
    (number, sha256): (&str, &str),
    now: Timestamp,
) -> Result<&'static str, Reason> {
    // The signature covers id and body: what is signed for one report is not another one's.
    if signed(keys, request, now) != Some(format!("{number}/{sha256}").as_str()) {
        return Err(Reason::SignatureInvalid);
    }
    if ReportNumber::parse(number).is_err() {
        return Err(Reason::NumberInvalid);
    }
    let bytes = &request.body;
    if hex(&Sha256::digest(bytes)) != sha256 {
        return Err(Reason::PhotoHash);
    }
    // The origin has cleaned it; what is shown here is looked at here again.
    let limits = Limits {
        max_bytes: PHOTO_BYTES,
        ..Limits::default()
    };
    match photo::inspect(bytes, &limits) {
        Ok(info) if !photo::contains_metadata(bytes) => Ok(info.media_type.as_str()),
        _ => Err(Reason::PhotoBroken),
    }
}

/// Whether whoever sent `request` may see a picture: the report's status names it, and it is public or
/// they have a pass. What the status does not name any more is gone, whatever is still stored.
#[must_use]
pub fn may_be_seen(
    served: &Served,
    keys: &Keyring,
    request: &Request,
    status: &PublicStatus,
    sha256: &str,
    now: Timestamp,
) -> bool {
    let named = status.events.iter().filter_map(|it| it.photo.as_ref());
    let is_public = { named }
        .find(|it| it.sha256 == sha256)
        .map(|it| it.is_public);
    let meant = Meant::of(served, &status.number, sha256);
    let pass = request.query("pass").unwrap_or_default();
    is_public.is_some_and(|is_public| is_public || meant.admits(keys, pass, now))
}

/// A picture as it is shown.
#[must_use]
pub fn shown(media_type: &str, bytes: Vec<u8>) -> Response {
    Response::new(200, media_type, bytes)
        .with("cache-control", "private, max-age=21600")
        .with("x-content-type-options", "nosniff")
        .with("content-security-policy", "default-src 'none'; sandbox")
}

/// Fills in where the photos of a report's work are, for who has shown its tracking code. `base` is the
/// edge's address, without a slash at its end.
#[must_use]
pub fn addressed(
    served: &Served,
    keys: &Keyring,
    base: &str,
    mut status: PublicStatus,
    now: Timestamp,
) -> PublicStatus {
    let number = status.number.clone();
    for photo in status.events.iter_mut().filter_map(|it| it.photo.as_mut()) {
        let pass = Meant::of(served, &number, &photo.sha256).pass(keys, now);
        let (id, sha256) = (served.id(), &photo.sha256);
        photo.url = Some(format!(
            "{base}/v1/{id}/reports/{number}/{sha256}?pass={pass}"
        ));
    }
    status
}

/// The one picture that a pass is for.
struct Meant<'a> {
    municipality: &'a str,
    number: &'a str,
    sha256: &'a str,
}

impl<'a> Meant<'a> {
    fn of(served: &'a Served, number: &'a str, sha256: &'a str) -> Meant<'a> {
        Meant {
            municipality: served.id(),
            number,
            sha256,
        }
    }

    fn signed(&self, until: &str) -> String {
        let Meant {
            municipality,
            number,
            sha256,
        } = self;
        format!("balagh photo pass v1\n{municipality}\n{number}\n{sha256}\n{until}")
    }

    /// A pass: until when it is good, the key's id, the signature.
    fn pass(&self, keys: &Keyring, now: Timestamp) -> String {
        let until = (now.seconds().div_euclid(STEP_S) + 2) * STEP_S;
        let (until, key) = (until.to_string(), keys.current());
        let tag = BASE64.encode(key.mac(&[self.signed(&until).as_bytes()]));
        format!("{until}.{}.{tag}", key.kid())
    }

    fn admits(&self, keys: &Keyring, pass: &str, now: Timestamp) -> bool {
        let mut parts = pass.split('.');
        let (Some(until), Some(kid), Some(tag), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let is_good = until.parse().is_ok_and(|until: i64| until > now.seconds());
        let signed = self.signed(until);
        let tag = BASE64.decode(tag).unwrap_or_default();
        is_good
            && keys
                .key(kid)
                .is_ok_and(|key| key.verifies(&[signed.as_bytes()], &tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::for_tests;

    #[test]
    fn a_pass_is_for_one_picture_of_one_report_and_for_some_hours() {
        let keys = for_tests::ledger().seals;
        let meant = |number, sha256| Meant {
            municipality: "ep",
            number,
            sha256,
        };
        let own = meant("EP-1", "aa");
        let now = Timestamp::from_millis(1_795_243_260_000);
        let pass = own.pass(&keys, now);
        assert!(own.admits(&keys, &pass, now));
        assert!(own.admits(&keys, &pass, now.plus_millis(6 * 3_600_000 - 1)));
        assert!(!own.admits(&keys, &pass, now.plus_millis(12 * 3_600_000)));
        for other in [meant("EP-2", "aa"), meant("EP-1", "bb")] {
            assert!(!other.admits(&keys, &pass, now));
        }
        let (until, rest) = pass.split_once('.').unwrap();
        let later = until.parse::<i64>().unwrap() + STEP_S;
        assert!(!own.admits(&keys, &format!("{later}.{rest}"), now));
        for broken in [
            "",
            ".",
            "..",
            "1.2.3",
            "99999999999.x.",
            &format!("{pass}.x"),
        ] {
            assert!(!own.admits(&keys, broken, now), "{broken}");
        }
    }
}
