//! Sending, to a real mail server and a real gateway: `tests/harness/sinks.mjs`, which keep what
//! they get.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do: where they stand"
)]

mod sinks;

use balagh_messages::{
    Cause, Message, Messages, Recipient, SendError, SetupError, SmsConfig, SmtpConfig,
};
use balagh_shared::municipality::{ContactPolicy, ContactRule};
use balagh_shared::rules::{email, phone};
use serde::Deserialize;
use sinks::Sinks;

/// The two sections as they stand in a file.
#[derive(Deserialize)]
struct Sections {
    sms: Option<SmsConfig>,
    smtp: Option<SmtpConfig>,
}

fn set_up(toml: &str) -> Result<Messages, SetupError> {
    let Sections { sms, smtp } = toml::from_str(toml).unwrap();
    Messages::new(sms.as_ref(), smtp.as_ref(), &|name| {
        (name == "KEY").then(|| "secret-of-the-gateway".to_owned())
    })
}

fn to_phone(number: &str) -> Recipient {
    let policy = ContactPolicy {
        phone: ContactRule::Optional,
        calling_code: "966".into(),
        trunk: "0".into(),
        digits: 9,
    };
    Recipient::Phone(phone(number, &policy).unwrap())
}

fn to_email(address: &str) -> Recipient {
    Recipient::Email(email(address).unwrap())
}

const CODE: &str = "رمز التحقق 123456. لا تعطه لأحد\n\"{to}\"";

#[tokio::test]
async fn a_text_message_arrives_letter_by_letter_with_the_gateways_key() {
    let sinks = Sinks::open(&[]);
    let messages = set_up(&sinks.sms()).unwrap();
    let message = Message::new(to_phone("0501234567"), "", CODE);
    messages.send(&message).await.unwrap();
    let arrived = sinks.messages().await;
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0]["to"], "+966501234567");
    assert_eq!(arrived[0]["text"], CODE);
    assert_eq!(arrived[0]["head"]["x-key"], "secret-of-the-gateway");
}

#[tokio::test]
async fn a_letter_arrives_with_its_subject_in_any_script_and_says_that_a_machine_wrote_it() {
    let sinks = Sinks::open(&[]);
    let messages = set_up(&sinks.smtp("none")).unwrap();
    let subject = "أمانة المنطقة الشرقية\r\nBcc: all@example.org";
    for address in ["amal@example.org", "אמל@example.org"] {
        let message = Message::new(to_email(address), subject, CODE);
        messages.send(&message).await.unwrap();
        let arrived = sinks.messages().await;
        let letter = arrived.last().unwrap();
        assert_eq!(letter["to"], address);
        assert_eq!(letter["text"], CODE);
        // What would have been a header is words of the subject.
        assert_eq!(
            letter["subject"],
            "أمانة المنطقة الشرقية  Bcc: all@example.org"
        );
        let head = letter["head"].as_str().unwrap();
        assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
        assert!(!head.contains("\nBcc:"), "{head}");
        assert!(head.contains("@example.gov>"), "{head}");
    }
}

#[tokio::test]
async fn what_is_refused_says_for_how_long_and_never_to_whom() {
    let sinks = Sinks::open(&[]);
    let toml = format!("{}{}", sinks.sms(), sinks.smtp("none"));
    let messages = set_up(&toml).unwrap();
    let temporary = |status| SendError::Temporary(Cause::Status(status));
    let permanent = |status| SendError::Permanent(Cause::Status(status));
    for (recipient, expected) in [
        (to_phone("050 1200 503"), temporary(503)),
        (to_phone("050 1200 429"), temporary(429)),
        (to_phone("050 1200 400"), permanent(400)),
        (to_email("refuse-451@example.org"), temporary(451)),
        (to_email("refuse-550@example.org"), permanent(550)),
    ] {
        let message = Message::new(recipient, "subject", "text");
        let error = messages.send(&message).await.unwrap_err();
        assert_eq!(error, expected);
        let said = format!("{error} {error:?} {message:?} {messages:?}");
        assert!(
            !said.contains("1200") && !said.contains("example") && !said.contains("secret"),
            "{said}"
        );
    }
    assert!(sinks.messages().await.is_empty());
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_vouches_for_gets_nothing() {
    let sinks = Sinks::open(&["--starttls"]);
    let messages = set_up(&sinks.smtp("starttls")).unwrap();
    let message = Message::new(to_email("amal@example.org"), "subject", "text");
    let error = messages.send(&message).await.unwrap_err();
    assert!(
        matches!(error.cause(), Cause::Insecure | Cause::Unreachable),
        "{error}"
    );
    assert!(sinks.messages().await.is_empty());
}

#[tokio::test]
async fn a_server_that_cannot_encrypt_gets_nothing_where_that_is_asked() {
    let sinks = Sinks::open(&[]);
    let messages = set_up(&sinks.smtp("starttls")).unwrap();
    let message = Message::new(to_email("amal@example.org"), "subject", "text");
    assert!(messages.send(&message).await.is_err());
    assert!(sinks.messages().await.is_empty());
}

#[tokio::test]
async fn nothing_is_there_to_send_with_unless_it_is_set_up() {
    let messages = set_up("").unwrap();
    assert!(!messages.has_sms() && !messages.has_email());
    let message = Message::new(to_phone("0501234567"), "", "text");
    let error = messages.send(&message).await.unwrap_err();
    assert_eq!(error, SendError::Permanent(Cause::NotSetUp));
}

#[tokio::test]
async fn a_gateway_that_is_away_may_be_back_later() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let toml = format!(
        "[sms]\nurl = \"http://127.0.0.1:{port}/?to={{to}}&text={{text}}\"\nmethod = \"GET\"\n"
    );
    let messages = set_up(&toml).unwrap();
    let message = Message::new(to_phone("0501234567"), "", "text");
    let error = messages.send(&message).await.unwrap_err();
    assert_eq!(error, SendError::Temporary(Cause::Unreachable));
}

#[test]
fn a_configuration_that_could_not_send_is_told_by_its_key() {
    #[track_caller]
    fn check(toml: &str, key: &str) {
        let said = set_up(toml).unwrap_err().to_string();
        assert!(said.starts_with(key), "{said}");
        assert!(!said.contains("secret-of-the-gateway"), "{said}");
    }
    let sms = |rest: &str| format!("[sms]\nurl = \"https://sms.example/?to={{to}}\"\n{rest}");
    check(&sms(""), "sms.body");
    check(&sms("method = \"DELETE\""), "sms.method");
    check(&sms("body = \"{text}\""), "sms.headers.content-type");
    check(&sms("headers = { x = \"{text}\" }"), "sms.headers.x");
    check(&sms("headers = { x = \"{env:OTHER}\" }"), "sms.headers.x");
    check(
        "[sms]\nurl = \"http://sms.example/?to={to}&t={text}\"\nmethod = \"GET\"",
        "sms.url",
    );
    check(
        "[sms]\nurl = \"https://sms.example/?t={text}\"\nmethod = \"GET\"",
        "sms.body",
    );
    let smtp = |rest: &str| format!("[smtp]\nhost = \"mail.example\"\n{rest}");
    check(&smtp("from = \"nobody\""), "smtp.from");
    check(&smtp("from = \"a@b.example\"\ntls = \"none\""), "smtp.tls");
    check(
        &smtp("from = \"a@b.example\"\nusername_env = \"KEY\""),
        "smtp.username_env",
    );
    check(
        &smtp("from = \"a@b.example\"\nusername_env = \"KEY\"\npassword_env = \"OTHER\""),
        "smtp.password_env",
    );
}
