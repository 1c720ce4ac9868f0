//! The staff console, as a browser and whoever attacks it meet it.

mod customer;
mod door;
mod intake;
mod pictures;
mod rating;
mod reports;

use balagh_origin::password::Kept;
use balagh_origin::staff::Role;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

use crate::support::*;

const PASSWORD: &str = "nine palms by the sea";

/// A browser at the console, as far as it keeps a cookie and follows nothing by itself.
struct Browser {
    client: Client,
    base: String,
    cookie: String,
}

/// A page as it came.
struct Page {
    status: u16,
    text: String,
    location: String,
    cookie: String,
    policy: String,
}

impl Browser {
    fn at(origin: &Running) -> Browser {
        Browser {
            client: Client::builder().redirect(Policy::none()).build().unwrap(),
            base: format!("http://{}", origin.server.address()),
            cookie: String::new(),
        }
    }

    /// Somebody who is signed in.
    async fn signed(origin: &Running, name: &str) -> Browser {
        let mut browser = Browser::at(origin);
        let page = browser.sign_in(name, PASSWORD).await;
        assert_eq!(
            (page.status, page.location.as_str()),
            (303, "/console/queue")
        );
        browser
    }

    async fn sign_in(&mut self, name: &str, password: &str) -> Page {
        let page = self
            .post(
                "/console/sign-in",
                &[("name", name), ("password", password)],
            )
            .await;
        if let Some(cookie) = page.cookie.split(';').next().filter(|it| !it.is_empty()) {
            self.cookie = cookie.to_owned();
        }
        page
    }

    async fn get(&self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.base));
        page(request.header("cookie", &self.cookie).send().await.unwrap()).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_with(path, fields, &[]).await
    }

    async fn post_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        let mut request = self
            .client
            .post(format!("{}{path}", self.base))
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(fields));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        page(request.send().await.unwrap()).await
    }

    /// Sends the form to `action` that stands on `page`, with its hidden fields and these.
    async fn send(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let hidden = page.form(action);
        let mut all: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        all.extend(fields);
        self.post(action, &all).await
    }
}

impl Page {
    /// The hidden fields of the first form to `action`.
    fn form(&self, action: &str) -> Vec<(String, String)> {
        let start = self.text.find(&format!("action=\"{action}\""));
        let start = start.unwrap_or_else(|| panic!("no form to {action} in {}", self.text));
        let form = self.text[start..].split("</form>").next().unwrap();
        form.split("<input type=\"hidden\" name=\"")
            .skip(1)
            .map(|field| {
                let (name, rest) = field.split_once('"').unwrap();
                let value = rest.strip_prefix(" value=\"").unwrap().split('"').next();
                (name.to_owned(), value.unwrap().replace("&amp;", "&"))
            })
            .collect()
    }

    fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

async fn page(response: Response) -> Page {
    let header = |name: &str| {
        let value = response.headers().get(name);
        value.map_or_else(String::new, |it| it.to_str().unwrap().to_owned())
    };
    Page {
        status: response.status().as_u16(),
        location: header("location"),
        cookie: header("set-cookie"),
        policy: header("content-security-policy"),
        text: response.text().await.unwrap(),
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let one = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", one(name), one(value)))
        .collect();
    pairs.join("&")
}

/// Gives somebody a seat at the console.
async fn seat(origin: &Running, name: &str, role: Role, department: Option<&str>) {
    origin
        .hire(name, &format!("token-of-{name}"), role, department)
        .await;
    let kept = Kept::of(PASSWORD, &[1; 16]).unwrap();
    let store = origin.server.store();
    store.set_password(name, &kept).await.unwrap();
}

/// An origin with one report and somebody to look at it.
async fn with_report(role: Role, department: Option<&str>) -> (Running, Browser, String) {
    let origin = Running::start(NOWHERE).await;
    assert_eq!(origin.deliver(&delivery(1)).await.status(), 201);
    seat(&origin, "Huda", role, department).await;
    let browser = Browser::signed(&origin, "Huda").await;
    (origin, browser, format!("/console/reports/{}", number(1)))
}

async fn audited(origin: &Running, action: &str) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM audit WHERE action = $1")
        .bind(action)
        .fetch_one(&origin.look().await)
        .await
        .unwrap()
}
