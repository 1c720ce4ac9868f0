//! A real mail server and a real gateway, `tests/harness/sinks.mjs`, for tests in Rust.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Sinks that end with the test.
pub(crate) struct Sinks {
    process: Child,
    http: u16,
    smtp: u16,
}

impl Sinks {
    pub(crate) fn open(arguments: &[&str]) -> Sinks {
        let mut process = Command::new("node")
            .arg("tests/harness/sinks.mjs")
            .args(arguments)
            .current_dir(ROOT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ports: Value = serde_json::from_str(&line).unwrap();
        let port =
            |name: &str| u16::try_from(ports.get(name).and_then(Value::as_u64).unwrap()).unwrap();
        Sinks {
            http: port("http"),
            smtp: port("smtp"),
            process,
        }
    }

    pub(crate) async fn messages(&self) -> Vec<Value> {
        let url = format!("http://127.0.0.1:{}/messages.json", self.http);
        let body = reqwest::get(url).await.unwrap().bytes().await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    pub(crate) fn sms(&self) -> String {
        format!(
            "[sms]\nurl = \"http://127.0.0.1:{}/sms\"\n\
             headers = {{ content-type = \"application/json\", x-key = \"{{env:KEY}}\" }}\n\
             body = '{{\"to\": \"{{to}}\", \"text\": \"{{text}}\"}}'\n",
            self.http
        )
    }

    pub(crate) fn smtp(&self, tls: &str) -> String {
        format!(
            "[smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"{tls}\"\n\
             from = \"أمانة المنطقة الشرقية <reports@example.gov>\"\n",
            self.smtp
        )
    }
}

impl Drop for Sinks {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
