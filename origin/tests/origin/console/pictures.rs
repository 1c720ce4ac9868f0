//! Photos of the work, and what stays of them.

use super::*;

/// Sends the form for a picture with the citizen's own one, and what else is chosen.
async fn add(browser: &Browser, report: &str, chosen: &[(&str, &str)]) -> Page {
    let action = format!("{report}/picture");
    let mut body = Vec::new();
    let part = |body: &mut Vec<u8>, head: &str, bytes: &[u8]| {
        body.extend_from_slice(b"--between\r\nContent-Disposition: form-data; ");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    };
    let hidden = browser.get(report).await.form(&action);
    let chosen = chosen
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    for (name, value) in hidden.into_iter().chain(chosen) {
        part(&mut body, &format!("name=\"{name}\""), value.as_bytes());
    }
    let file = "name=\"photo\"; filename=\"a.png\"\r\nContent-Type: image/png";
    part(&mut body, file, PNG);
    body.extend_from_slice(b"--between--\r\n");
    let request = browser
        .client
        .post(format!("{}{action}", browser.base))
        .header("cookie", &browser.cookie)
        .header("content-type", "multipart/form-data; boundary=between")
        .body(body);
    page(request.send().await.unwrap()).await
}

fn file(origin: &Running) -> std::path::PathBuf {
    origin.folder.0.join("photos").join(PNG_SHA256)
}

#[tokio::test]
async fn a_picture_that_is_refused_is_not_kept() {
    let (origin, browser, report) = with_report(Role::Supervisor, None).await;
    // Of its category the public is shown no pictures.
    let refused = add(&browser, &report, &[("public", "1")]).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(!file(&origin).exists());
    let taken = add(&browser, &report, &[]).await;
    assert_eq!(taken.status, 303, "{}", taken.text);
    assert!(file(&origin).exists());
}

#[tokio::test]
async fn a_photo_that_its_reporter_sent_stays_theirs_when_the_team_adds_it_too() {
    let (origin, browser, report) = with_report(Role::Supervisor, None).await;
    let store = origin.server.store();
    let (mine, theirs) = (number(1), number(2));
    origin.put_photo().await;
    let mut other = delivery(2);
    other.photos = vec![stored_photo()];
    assert_eq!(origin.deliver(&other).await.status(), 201);
    // Sent first by its reporter, and first by the team.
    let other = format!("/console/reports/{theirs}");
    assert_eq!(add(&browser, &other, &[]).await.status, 303);
    assert_eq!(add(&browser, &report, &[]).await.status, 303);
    assert!(store.photos(&mine).await.unwrap().is_empty());
    let body = serde_json::to_vec(&stored_photo()).unwrap();
    let path = format!("/edge/v1/reports/{mine}/photos");
    let id = format!("{mine}/{PNG_SHA256}");
    let late = origin.send(reqwest::Method::POST, &path, &id, &body).await;
    assert_eq!(late.status(), 200);
    for number in [&mine, &theirs] {
        let sent = store.photos(number).await.unwrap();
        assert_eq!(sent.len(), 1, "{number}");
        assert_eq!(sent[0].sha256, PNG_SHA256);
        let shown = store.untold_pictures(number).await.unwrap();
        assert_eq!(shown, [PNG_SHA256], "{number}");
    }
}

/// Sends a report with the photo as an edge does: the photo, then the report that names it, both again
/// until both are here.
async fn deliver_with_photo(origin: &Running, seed: u64) {
    let mut delivery = delivery(seed);
    delivery.photos = vec![stored_photo()];
    loop {
        assert!(origin.put_photo().await.status().is_success());
        match origin.deliver(&delivery).await.status().as_u16() {
            200 | 201 => return,
            status => assert_eq!(status, 409),
        }
    }
}

#[tokio::test]
async fn a_photo_that_comes_while_anothers_is_erased_is_there() {
    let (origin, browser, _) = with_report(Role::Administrator, None).await;
    for seed in (10..30).step_by(2) {
        deliver_with_photo(&origin, seed).await;
        let why = serde_json::json!({ "note": "مكرر" });
        let seen = origin.stored(&number(seed)).await.revision;
        let over = origin.step(&number(seed), seen, "reject", why).await;
        assert_eq!(over.status(), 200);
        let page = browser
            .get(&format!("/console/reports/{}", number(seed)))
            .await;
        let why = [("why", "the caller asks to be forgotten")];
        let found = browser.send(&page, "/console/customer", &why).await;
        let count = [("count", "1")];
        let (erased, ()) = tokio::join!(
            browser.send(&found, "/console/customer/erase", &count),
            deliver_with_photo(&origin, seed + 1)
        );
        assert_eq!(erased.status, 200, "{}", erased.text);
        let address = format!("/console/reports/{}/photos/{PNG_SHA256}", number(seed + 1));
        assert_eq!(browser.get(&address).await.status, 200, "{seed}");
    }
}
