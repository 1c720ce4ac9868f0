//! What callers say of the agent and of the answer.

use super::intake::CALL;
use super::*;

/// A call that Huda took, and the address its rating is at.
async fn taken_call(browser: &Browser, description: &str) -> String {
    let form = browser.get("/console/new?category=lighting.out").await;
    let mut call = CALL;
    call[2].1 = description;
    let mut call = call.to_vec();
    call.push(("looked", "1"));
    call.push(("joins", "new"));
    let taken = browser.send(&form, "/console/new", &call).await;
    assert_eq!(taken.status, 303, "{}", taken.text);
    let slip = browser.get(&taken.location).await;
    let at = slip.text.find("href=\"/rate/").unwrap() + 6;
    slip.text[at..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn who_spoke_with_staff_rates_the_agent_and_the_answer_once() {
    let origin = Running::start(NOWHERE).await;
    seat(&origin, "Huda", Role::Agent, None).await;
    seat(&origin, "Reem", Role::Supervisor, None).await;
    let agent = Browser::signed(&origin, "Huda").await;
    // Nobody is signed in where it is rated.
    let caller = Browser::at(&origin);
    let marks = [("5", "5"), ("4", "2"), ("5", "1"), ("2", "4"), ("5", "5")];
    for (n, (one, other)) in marks.into_iter().enumerate() {
        let address = taken_call(&agent, &format!("عمود إنارة معطل رقم {n}")).await;
        let page = caller.get(&address).await;
        assert_eq!(page.status, 200);
        assert!(page.has("dir=\"rtl\"") && !page.has("Huda") && !page.has("إنارة"));
        let half = caller
            .post(&address, &[("agent", one), ("answer", "6")])
            .await;
        assert_eq!(half.status, 422);
        // What was chosen is not chosen twice.
        let chosen = format!("name=\"agent\" value=\"{one}\" required checked");
        assert!(half.has(&chosen), "{}", half.text);
        let rated = caller
            .post(&address, &[("agent", one), ("answer", other)])
            .await;
        assert_eq!(rated.status, 200);
        let again = caller
            .post(&address, &[("agent", "1"), ("answer", "1")])
            .await;
        assert_eq!(again.status, 409);
        let forged = caller.get(&address.replace("/rate/TD", "/rate/TE")).await;
        assert_eq!(forged.status, 404);
        // Another first letter, as the last one stands for two bits alone and may be right by chance.
        let (path, code) = address.rsplit_once('/').unwrap();
        let other = if code.starts_with('A') { "B" } else { "A" };
        let forged = format!("{path}/{other}{}", &code[1..]);
        assert_eq!(caller.get(&forged).await.status, 404);
    }
    let supervisor = Browser::signed(&origin, "Reem").await;
    let shown = supervisor.get("/console/contact-ratings").await;
    assert!(
        shown.has("Agent 80%, answer 60%, 5 ratings"),
        "{}",
        shown.text
    );
    assert_eq!(agent.get("/console/contact-ratings").await.status, 403);
    // They are in the figures of the month, in its printed report and in its file.
    let figures = supervisor.get("/console/figures?baseline=none").await;
    let report = supervisor
        .get("/console/figures/report?baseline=none")
        .await;
    for page in [&figures, &report] {
        assert!(page.has("Pleased with the agent") && page.has("80%") && page.has("60%"));
    }
    assert!(
        report.has("Of 5 who rated a contact with staff, 80% were pleased with the agent and 60% with the answer"),
        "{}",
        report.text
    );
    let file = supervisor
        .get("/console/figures/figures.csv?baseline=none")
        .await;
    for line in [
        "contact_agent,,,,,,,,,,,,5,80.0,",
        "contact_answer,,,,,,,,,,,,5,60.0,",
    ] {
        assert!(file.has(line), "{line} is not in {}", file.text);
    }
    // What an edge took, nobody of the staff did.
    origin.deliver(&delivery(1)).await;
    let slip = agent
        .get(&format!("/console/reports/{}/slip", number(1)))
        .await;
    assert!(!slip.has("/rate/"));
}

#[tokio::test]
async fn a_browser_in_which_staff_are_signed_in_rates_nobody() {
    let origin = Running::start(NOWHERE).await;
    seat(&origin, "Huda", Role::Agent, None).await;
    let agent = Browser::signed(&origin, "Huda").await;
    let address = taken_call(&agent, "عمود إنارة معطل").await;
    let marks = [("agent", "5"), ("answer", "5")];
    assert_eq!(agent.get(&address).await.status, 403);
    assert_eq!(agent.post(&address, &marks).await.status, 403);
    let caller = Browser::at(&origin);
    assert_eq!(caller.post(&address, &marks).await.status, 200);
}

#[tokio::test]
async fn where_nothing_can_be_kept_just_now_the_page_says_so_and_keeps_the_marks() {
    let origin = Running::start(NOWHERE).await;
    seat(&origin, "Huda", Role::Agent, None).await;
    let agent = Browser::signed(&origin, "Huda").await;
    let address = taken_call(&agent, "عمود إنارة معطل").await;
    let caller = Browser::at(&origin);
    // Nothing can be read or written any more.
    origin.server.store().close().await;
    let tried = caller
        .post(&address, &[("agent", "4"), ("answer", "2")])
        .await;
    assert_eq!(tried.status, 503);
    for chosen in [
        "name=\"agent\" value=\"4\" required checked",
        "name=\"answer\" value=\"2\" required checked",
    ] {
        assert!(tried.has(chosen), "{}", tried.text);
    }
    assert_eq!(caller.get(&address).await.status, 503);
}
