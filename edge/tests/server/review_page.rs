//! The page on which the quarantine is reviewed: for whoever has the token, and for no other page.

use reqwest::redirect::Policy;
use serde_json::json;

use super::origin::{Origin, Told};
use super::town::{Folder, Town, key, letters, report};

const TOKEN: &str = "a-token-of-more-than-twenty-letters";
const PAGE: &str = "/staff/quarantine?lang=en";

fn with_token(variable: &str) -> Option<String> {
    match variable {
        "BALAGH_STAFF_TOKEN" => Some(TOKEN.to_owned()),
        other => key(other),
    }
}

/// What stands between two texts of a page.
fn between<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    page.split(from).nth(1).unwrap().split(to).next().unwrap()
}

#[tokio::test]
async fn there_is_no_page_where_the_operator_wants_none() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let absent = town.client.get(town.url(PAGE)).send().await.unwrap();
    assert_eq!(absent.status(), 404);
    town.close().await;
}

#[tokio::test]
async fn whoever_has_the_token_releases_a_report_and_a_foreign_page_cannot() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open_with(&folder, &origin.url(), &with_token).await;
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .build()
        .unwrap();
    let mut advert = report();
    advert["description"] = json!("Online casino bonus <b>now</b>: http://bit.ly/x7");
    advert["place"]["landmark"] = json!("Ask for it on http://bit.ly/x8");
    let receipt = town.accepted(&letters('a'), &advert).await;

    let door = client.get(town.url(PAGE)).send().await.unwrap();
    assert_eq!(door.headers()["x-robots-tag"], "noindex, nofollow");
    assert!(!door.text().await.unwrap().contains(&receipt.number));
    let enter = |token: &str| {
        let form = format!("token={token}");
        client.post(town.url(PAGE)).body(form).send()
    };
    assert_eq!(enter("guess").await.unwrap().status(), 403);
    let entered = enter(TOKEN).await.unwrap();
    assert_eq!(entered.status(), 303);
    let cookie = entered.headers()["set-cookie"].to_str().unwrap().to_owned();
    for kept in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/staff"] {
        assert!(cookie.contains(kept), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap().to_owned();

    let list = client.get(town.url(PAGE)).header("cookie", &cookie);
    let page = list.send().await.unwrap().text().await.unwrap();
    assert!(
        page.contains(&receipt.number) && page.contains("&lt;b&gt;now"),
        "{page}"
    );
    assert!(page.contains("bit.ly/x8") && !page.contains("050 123 4567"));
    let word = between(&page, "name=\"word\" value=\"", "\"").to_owned();

    let press = |word: &str| {
        let form = format!("number={}&label=honest&word={word}", receipt.number);
        client
            .post(town.url(PAGE))
            .header("cookie", &cookie)
            .body(form)
            .send()
    };
    // The browser would send the cookie along; the word nobody else knows.
    assert_eq!(press("").await.unwrap().status(), 200);
    assert_eq!(press(&word).await.unwrap().status(), 303);
    let mut told = Vec::new();
    while !told.iter().any(|it| matches!(it, Told::Review(_))) {
        told.push(origin.next().await);
    }
    let list = client.get(town.url(PAGE)).header("cookie", &cookie);
    let page = list.send().await.unwrap().text().await.unwrap();
    assert!(!page.contains(&receipt.number));
    let forged = client
        .get(town.url(PAGE))
        .header("cookie", "balagh_staff=9999999999.AAAA");
    assert!(
        forged
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .contains("password")
    );
    town.close().await;
}
