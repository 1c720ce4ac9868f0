//! Who is signed in: a cookie with a token, of which the ledger knows the hash.

use std::fmt;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use balagh_shared::canonical::hex;
use balagh_shared::problem::negotiate;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use maud::{Markup, html};
use sha2::{Digest, Sha256};

use super::failure::Failed;
use super::sign_in;
use super::words::{Language, Words};
use crate::server::Origin;
use crate::staff::Member;
use crate::store::Account;
use crate::sys;

/// How long a session lasts at most: a working day and its breaks, in seconds.
pub(super) const SESSION_S: i64 = 10 * 60 * 60;
/// Bytes of a token.
const TOKEN_BYTES: usize = 32;

/// Somebody who is signed in, and the request they are signed in for.
pub(crate) struct Signed {
    /// Who they are.
    pub(crate) member: Member,
    /// Their municipality's name, in their language.
    pub(crate) municipality: String,
    /// The language they read.
    pub(crate) language: Language,
    /// The address asked for, with its query.
    pub(super) path: String,
    /// By which name the console was reached.
    pub(super) host: Host,
    token: Token,
}

/// What the cookie holds. Whoever has it is signed in.
#[derive(Clone)]
pub(super) struct Token(String);

impl Signed {
    /// Their words.
    pub(super) fn words(&self) -> &'static Words {
        self.language.words()
    }

    /// What a form to `action` carries: a word that only a page of this session could write.
    pub(super) fn word(&self, action: &str) -> Markup {
        html! { input type="hidden" name="word" value=(self.token.word(action)); }
    }

    /// Whether `word` is the one for forms to `action`.
    pub(super) fn is_word(&self, action: &str, word: &str) -> bool {
        // Of hashes: the time it takes to compare them says nothing.
        Sha256::digest(self.token.word(action)) == Sha256::digest(word)
    }

    /// Their session's token.
    pub(super) fn token(&self) -> &Token {
        &self.token
    }

    /// For the account whose session `token` is.
    pub(super) fn of(origin: &Origin, account: Account, token: Token, asked: &Asked) -> Signed {
        let chosen = account.language.as_deref().and_then(Language::from_code);
        let language = chosen.unwrap_or(asked.language);
        let served = origin.municipalities.by_id(&account.member.municipality);
        let names = served.map(|served| served.document.names.in_language(language.code()));
        Signed {
            municipality: names.unwrap_or(&account.member.municipality).to_owned(),
            member: account.member,
            language,
            path: asked.path.clone(),
            host: asked.host,
            token,
        }
    }
}

impl Token {
    /// A new one.
    pub(super) fn draw() -> Result<Token, Failed> {
        let bytes: [u8; TOKEN_BYTES] = sys::random().map_err(Failed::of)?;
        Ok(Token(BASE64.encode(bytes)))
    }

    /// What the ledger keeps of it.
    pub(super) fn hash(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }

    /// It cannot be turned back: a page that shows it does not show the token.
    fn word(&self, action: &str) -> String {
        let meant = format!("balagh console word v1\n{action}\n{}", self.0);
        BASE64.encode(Sha256::digest(meant.as_bytes()))
    }

    /// The header that gives it to a browser at `host`; for no time at all, the one that takes it
    /// away.
    pub(super) fn cookie(&self, host: Host, seconds: i64) -> String {
        let (name, secure) = (host.cookie_name(), host.secure());
        format!(
            "{name}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}",
            self.0
        )
    }

    fn read(headers: &HeaderMap, host: Host) -> Option<Token> {
        let fields = headers.get_all(COOKIE).into_iter();
        let mut pairs = fields
            .filter_map(|field| field.to_str().ok())
            .flat_map(|field| field.split(';'));
        let name = host.cookie_name();
        let value = pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))?;
        (!value.is_empty()).then(|| Token(value.to_owned()))
    }
}

/// By which name a browser reached the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// This machine's own: nothing travels.
    Loopback,
    /// Any other: cookies travel over TLS alone.
    Network,
}

impl Host {
    fn of(headers: &HeaderMap) -> Host {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, port)| {
            // An IPv6 address without a port ends in `]`.
            if port.ends_with(']') { host } else { name }
        });
        match name {
            "localhost" | "127.0.0.1" | "[::1]" => Host::Loopback,
            _ => Host::Network,
        }
    }

    /// `__Host-` is only taken with `Secure` and from this very host.
    fn cookie_name(self) -> &'static str {
        match self {
            Host::Loopback => "balagh-console",
            Host::Network => "__Host-balagh-console",
        }
    }

    fn secure(self) -> &'static str {
        match self {
            Host::Loopback => "",
            Host::Network => "; Secure",
        }
    }
}

/// What is known of a request before it is known who sends it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The address with its query.
    pub(super) path: String,
    /// The language its browser prefers.
    pub(super) language: Language,
    /// By which name it was reached.
    pub(super) host: Host,
}

impl Asked {
    pub(super) fn of(parts: &Parts) -> Asked {
        let path = parts.uri.path_and_query().map_or("", |it| it.as_str());
        let accepted = parts.headers.get(ACCEPT_LANGUAGE);
        let named = parts.uri.query().and_then(|query| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(name, _)| name == "lang")
                .and_then(|(_, code)| Language::from_code(&code))
        });
        let preferred = negotiate(accepted.and_then(|value| value.to_str().ok()));
        Asked {
            path: path.to_owned(),
            language: named.unwrap_or_else(|| Language::preferred(preferred)),
            host: Host::of(&parts.headers),
        }
    }
}

impl Asked {
    /// The same, of another page.
    pub(super) fn at(&self, path: &str) -> Asked {
        Asked {
            path: path.to_owned(),
            ..self.clone()
        }
    }
}

/// Who sends a request, if they are signed in.
pub(super) async fn signed(
    origin: &Origin,
    parts: &Parts,
    asked: &Asked,
) -> Result<Option<Signed>, Failed> {
    let Some(token) = Token::read(&parts.headers, asked.host) else {
        return Ok(None);
    };
    let account = origin.store.session(&token.hash(), sys::now()).await;
    let account = account.map_err(Failed::of)?;
    Ok(account.map(|account| Signed::of(origin, account, token, asked)))
}

impl FromRequestParts<Arc<Origin>> for Signed {
    type Rejection = Response;

    /// Somebody who is not signed in is led to the door, and from there back.
    async fn from_request_parts(
        parts: &mut Parts,
        origin: &Arc<Origin>,
    ) -> Result<Signed, Response> {
        let asked = Asked::of(parts);
        match signed(origin, parts, &asked).await {
            Ok(Some(signed)) => Ok(signed),
            Ok(None) => {
                let was_in = Token::read(&parts.headers, asked.host).is_some();
                let next = (parts.method == Method::GET).then_some(asked.path.as_str());
                Err(sign_in::lead(next, was_in))
            }
            Err(failed) => Err(failed.outside(asked.language)),
        }
    }
}

/// Whoever reads it is signed in.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        [(name.parse().unwrap(), value.parse().unwrap())]
            .into_iter()
            .collect()
    }

    #[test]
    fn only_the_machines_own_names_are_loopback() {
        for (host, expected) in [
            ("localhost:8789", Host::Loopback),
            ("127.0.0.1", Host::Loopback),
            ("[::1]:80", Host::Loopback),
            ("[::1]", Host::Loopback),
            ("console.example.gov", Host::Network),
            ("localhost.example.gov:443", Host::Network),
            ("127.0.0.1.example.gov", Host::Network),
            ("", Host::Network),
        ] {
            assert_eq!(Host::of(&headers("host", host)), expected, "{host}");
        }
    }

    #[test]
    fn a_cookie_is_read_by_its_whole_name_and_travels_over_tls_alone() {
        let token = Token("abc".into());
        assert!(token.cookie(Host::Network, 60).ends_with("; Secure"));
        assert!(!token.cookie(Host::Loopback, 60).contains("Secure"));
        let cookies = headers("cookie", "x=1; balagh-console=abc");
        assert!(Token::read(&cookies, Host::Loopback).is_some());
        assert!(Token::read(&cookies, Host::Network).is_none());
    }

    #[test]
    fn the_word_of_one_form_is_not_that_of_another() {
        let (one, other) = (Token("abc".into()), Token("abd".into()));
        assert_ne!(one.word("/a"), one.word("/b"));
        assert_ne!(one.word("/a"), other.word("/a"));
    }
}
