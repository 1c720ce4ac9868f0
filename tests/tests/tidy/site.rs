//! The demo site's pages stand as they are, without a template: what they share is held equal here.

use std::collections::BTreeMap;

use super::{check, files};

/// What every page of one language has alike: the header, less which page is the current one and
/// where the other language is, and the footer.
fn frame(page: &str) -> Vec<String> {
    let cut = |tag: &str| {
        let (start, end) = (format!("<{tag}>"), format!("</{tag}>"));
        let from = page.find(&start).unwrap();
        let to = page.find(&end).unwrap();
        page[from..to].to_owned()
    };
    let header = cut("header").replace(" aria-current=\"page\"", "");
    let (before, other) = header.split_once("<a class=\"language\" href=\"").unwrap();
    let (_, after) = other.split_once('"').unwrap();
    vec![before.to_owned(), after.to_owned(), cut("footer")]
}

#[test]
fn the_pages_of_the_demo_site_have_one_header_and_one_footer_a_language() {
    let mut first: BTreeMap<bool, (String, Vec<String>)> = BTreeMap::new();
    let mut wrong = Vec::new();
    let pages =
        files().filter(|(path, _)| path.starts_with("www/site/") && path.ends_with(".html"));
    for (path, text) in pages {
        let frame = frame(&text);
        let (like, expected) = first
            .entry(text.contains("<html lang=\"en\""))
            .or_insert_with(|| (path.clone(), frame.clone()));
        if *expected != frame {
            wrong.push(format!(
                "{path}: its header or footer is not that of {like}"
            ));
        }
    }
    assert_eq!(first.len(), 2, "two languages");
    check("pages of the site", wrong.into_iter());
}
