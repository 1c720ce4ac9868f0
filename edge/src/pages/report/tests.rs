//! The form without a browser: which page follows which, what a place comes to, and that what it sends
//! keeps the rules.

use std::path::Path;
use std::sync::LazyLock;

use balagh_shared::report::{Place, PlaceSource};
use balagh_shared::rules;
use serde_json::json;

use super::draft::UNDECIDED;
use super::lacks::placed;
use super::outgoing::report;
use super::place::{Found, found, place};
use super::*;
use crate::native::municipalities;
use crate::pages::form::PhotoForm;

static DEMO: LazyLock<Served> = LazyLock::new(|| {
    let document = "../www/municipalities/eastern-province/municipality.json";
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    municipalities::load(&here.join(document), None).unwrap()
});

/// A vertex of the border between West and Central Dammam.
const BORDER: &str = "26.404, 50.052582";

fn draft(category: &str) -> Draft {
    let mut draft = Draft {
        key: "k".repeat(24),
        lang: "en".into(),
        description: "A deep hole in the road".into(),
        declared: true,
        ..Draft::default()
    };
    draft.choose(DEMO.public().category(category).unwrap());
    draft
}

fn listed(category: &str) -> Draft {
    Draft {
        district: "west-dammam".into(),
        landmark: "by the school".into(),
        ..draft(category)
    }
}

fn at(exact: &str) -> Draft {
    Draft {
        exact: exact.into(),
        ..draft("roads.pothole")
    }
}

#[track_caller]
fn check_way(draft: &Draft, expected: &[Step]) {
    let mut step = Step::What;
    let mut passed = vec![step];
    while step != Step::Review && passed.len() < 20 {
        step = step.next(draft, &DEMO);
        passed.push(step);
    }
    assert_eq!(passed, expected, "{:?}", draft.category);
}

#[test]
fn each_kind_passes_the_pages_it_needs_and_no_others() {
    use Step::{Danger, Details, Photos, Review, What, Where, Which, You};
    let nothing = Draft::default();
    assert_eq!(What.next(&nothing, &DEMO), Which);
    check_way(
        &listed("roads.pothole"),
        &[What, Where, Details, Photos, You, Review],
    );
    check_way(&listed("thanks.any"), &[What, Details, You, Review]);
    check_way(&listed("info.fees"), &[What, Details, You, Review]);
    check_way(
        &listed("suggestion.any"),
        &[What, Details, Photos, You, Review],
    );
    let mut pole = listed("lighting.pole");
    assert_eq!(What.next(&pole, &DEMO), Danger);
    pole.safe = Some("lighting.pole".into());
    check_way(&pole, &[What, Where, Details, Photos, You, Review]);
    // Said of one category, it says nothing of another.
    pole.choose(DEMO.public().category("food.poisoning").unwrap());
    assert_eq!(Which.next(&pole, &DEMO), Danger);
}

#[test]
fn the_way_back_is_the_way_there_without_its_stops() {
    use Step::{Details, Photos, What, Where, Which, You};
    let draft = listed("roads.pothole");
    let mut step = Step::Review;
    let mut passed = Vec::new();
    while step != What {
        step = step.back(&draft, DEMO.public());
        passed.push(step);
    }
    assert_eq!(passed, [You, Photos, Details, Where, Which, What]);
}

#[test]
fn an_edit_returns_to_the_review_by_way_of_what_it_left_undone() {
    let mut draft = listed("roads.pothole");
    draft.reviewing = true;
    assert_eq!(Step::Where.next(&draft, &DEMO), Step::Review);
    assert_eq!(Step::Where.back(&draft, DEMO.public()), Step::Review);
    draft.landmark.clear();
    assert_eq!(Step::Which.next(&draft, &DEMO), Step::Where);
    draft.choose(DEMO.public().category("lighting.pole").unwrap());
    assert_eq!(Step::Which.next(&draft, &DEMO), Step::Danger);
}

#[track_caller]
fn check_found(exact: &str, expected: &Found<'_>) {
    assert_eq!(&found(&at(exact), &DEMO), expected, "{exact}");
}

#[test]
fn what_is_typed_for_a_point_is_read_and_whose_it_is_decided() {
    let west = Found::Within("west-dammam");
    check_found("26.42, 49.98", &west);
    check_found("٢٦٫٤٢، ٤٩٫٩٨", &west);
    check_found("https://www.google.com/maps/@26.42,49.98,17z", &west);
    check_found("geo:26.42,49.98", &west);
    check_found("", &Found::Nowhere);
    check_found("RRRD2929", &Found::Nowhere);
    check_found("LP-1042", &Found::Nowhere);
    check_found("7HR4C2CJ+2V", &found(&at("7hr4c2cj+2v"), &DEMO));
    for unread in ["by the school", "26.42", "999, 999", "7FG4"] {
        check_found(unread, &Found::Unread);
    }
    assert!(matches!(found(&at(BORDER), &DEMO), Found::Between(it) if it.len() == 2));
    assert!(matches!(
        found(&at("24.7136, 46.6753"), &DEMO),
        Found::Outside(_)
    ));
}

#[test]
fn a_district_that_was_chosen_answers_what_a_border_would_ask() {
    let mut draft = at(BORDER);
    draft.district = "west-dammam".into();
    assert_eq!(found(&draft, &DEMO), Found::Within("west-dammam"));
}

fn sent(draft: &Draft) -> Place {
    place(draft, &DEMO).unwrap()
}

#[test]
fn a_place_says_how_it_was_given() {
    let list = sent(&listed("roads.pothole"));
    assert_eq!((list.source, list.at), (PlaceSource::List, None));
    let mut post = listed("roads.pothole");
    post.asset = "LP-1042".into();
    assert_eq!(sent(&post).source, PlaceSource::Asset);
    post.asset.clear();
    post.exact = "LP-1043".into();
    let elsewhere = sent(&post);
    assert_eq!(elsewhere.source, PlaceSource::Asset);
    assert_eq!(elsewhere.asset.as_deref(), Some("LP-1043"));
    post.exact = "rrrd 2929".into();
    let address = sent(&post);
    assert_eq!(address.source, PlaceSource::NationalAddress);
    let words = address.landmark.as_deref();
    assert_eq!(words, Some("by the school (RRRD2929)"));
    assert_eq!(sent(&at("26.42, 49.98")).source, PlaceSource::Coordinates);
    let code = sent(&at("7HR4C2CJ+2V"));
    assert!(code.at.is_some() && code.source == PlaceSource::PlusCode);
    let mut undecided = at(BORDER);
    undecided.near = UNDECIDED.into();
    let undecided = sent(&undecided);
    assert_eq!((undecided.district, undecided.candidates.len()), (None, 2));
}

#[test]
fn what_the_form_lets_through_the_rules_take() {
    let near = Draft {
        near: UNDECIDED.into(),
        ..at(BORDER)
    };
    let drafts = [
        listed("roads.pothole"),
        listed("lighting.outage"),
        at("26.42, 49.98"),
        near,
        listed("thanks.any"),
        Draft {
            phone: "0551234567".into(),
            ..listed("roads.pothole")
        },
    ];
    for draft in drafts {
        for step in Step::ALL {
            assert_eq!(lacks(step, &draft, &DEMO), [], "{step:?}");
        }
        let report = report(&draft, &DEMO);
        let judged = rules::judge(DEMO.public(), DEMO.pack(), &report);
        assert!(judged.is_ok(), "{:?}", judged.unwrap_err());
    }
}

#[test]
fn the_same_draft_is_the_same_report() {
    let draft = listed("roads.pothole");
    let again = Draft::read(&draft.carried(Step::Review)).unwrap();
    assert_eq!(report(&draft, &DEMO), report(&again, &DEMO));
}

#[track_caller]
fn check_lacks(step: Step, draft: &Draft, expected: &[&str]) {
    let found = lacks(step, draft, &DEMO);
    let fields: Vec<&str> = found.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, expected, "{step:?}");
}

#[test]
fn each_page_names_the_fields_it_lacks() {
    let empty = Draft::default();
    check_lacks(Step::Which, &empty, &["category"]);
    check_lacks(Step::Where, &empty, &["district", "landmark"]);
    check_lacks(Step::Where, &at("nowhere"), &["exact"]);
    check_lacks(Step::Where, &at(BORDER), &["near"]);
    check_lacks(Step::Where, &at("24.7136, 46.6753"), &["exact"]);
    check_lacks(Step::Details, &empty, &["description"]);
    check_lacks(Step::Review, &empty, &["declared"]);
    let wrong = Draft {
        phone: "05 5".into(),
        email: "amal@".into(),
        ..listed("roads.pothole")
    };
    check_lacks(Step::You, &wrong, &["phone", "email"]);
}

fn form(fields: &str) -> Form {
    Form::of(fields)
}

/// The demo with a question that follows from another's answer.
fn chained() -> Served {
    let mut document = serde_json::to_value(DEMO.document()).unwrap();
    let groups = document["groups"].as_array_mut().unwrap();
    let categories = groups
        .iter_mut()
        .flat_map(|it| it["categories"].as_array_mut().unwrap());
    for category in categories {
        if category["code"] == "roads.pothole" {
            category["questions"].as_array_mut().unwrap().push(json!({
                "code": "metres", "names": {"en": "How wide, in metres?"}, "datatype": "number",
                "required": true, "when": {"question": "width", "is": "wider"},
            }));
        }
    }
    Served::open(&document.to_string(), DEMO.packs().full.clone(), None).unwrap()
}

#[test]
fn a_question_that_an_answer_brings_up_is_asked_before_it_is_missed() {
    let served = chained();
    let mut draft = listed("roads.pothole");
    let posted = form("asked=width&q-width=wider&description=A+deep+hole");
    fields::apply(&posted, Step::Details, &mut draft, &served);
    let further = fields::further(&posted, Step::Details, &draft, &served);
    assert_eq!(further, ["q-metres"]);
    let again = form("asked=width&asked=metres&q-width=wider&q-metres=%D9%A2");
    fields::apply(&again, Step::Details, &mut draft, &served);
    assert!(fields::further(&again, Step::Details, &draft, &served).is_empty());
    assert_eq!(lacks(Step::Details, &draft, &served), []);
    // Answered otherwise, what followed is kept and not sent.
    fields::apply(
        &form("asked=width&q-width=hand"),
        Step::Details,
        &mut draft,
        &served,
    );
    assert_eq!(draft.counted(served.public()).len(), 1);
    assert_eq!(draft.answer("metres"), ["٢"]);
}

#[test]
fn outside_it_is_passed_on_to_the_neighbour_that_was_named_and_to_no_other() {
    let mut draft = at("25.38, 49.59");
    assert_eq!(found(&draft, &DEMO), Found::Outside(Some("al-ahsa")));
    check_lacks(Step::Where, &draft, &["handed"]);
    draft.handed = "hafar-al-batin".into();
    check_lacks(Step::Where, &draft, &["handed"]);
    draft.handed = "al-ahsa".into();
    check_lacks(Step::Where, &draft, &[]);
    assert_eq!(sent(&draft).district.as_deref(), Some("al-ahsa"));
}

#[test]
fn a_point_in_a_neighbours_area_is_asked_about_before_it_is_missed() {
    let mut draft = at("25.38, 49.59");
    let first = form("exact=25.38%2C+49.59");
    fields::apply(&first, Step::Where, &mut draft, &DEMO);
    let further = fields::further(&first, Step::Where, &draft, &DEMO);
    assert_eq!(further, ["handed"]);
    let asked = form("exact=25.38%2C+49.59&outside-asked=1");
    assert!(fields::further(&asked, Step::Where, &draft, &DEMO).is_empty());
    // Where nobody takes it over there is nothing to ask.
    let nobodys = at("24.7136, 46.6753");
    assert!(fields::further(&first, Step::Where, &nobodys, &DEMO).is_empty());
}

/// What a page says, and that each of its links leads to one field, none of which is there twice.
#[track_caller]
fn check_links(
    served: &Served,
    draft: &Draft,
    step: Step,
    faults: &[Fault],
    search: &str,
) -> String {
    let sheet = Sheet {
        served,
        words: Words::of("en"),
        draft,
        step,
        photo_form: PhotoForm::LARGE,
        faults,
        search,
        further: Vec::new(),
    };
    let html = String::from_utf8(sheet.response(422).body).unwrap();
    let beginning = |mark: &str| -> Vec<String> {
        let rests = html.split(mark).skip(1);
        rests
            .map(|it| it.split('"').next().unwrap().to_owned())
            .collect()
    };
    let ids = beginning(" id=\"");
    for id in &ids {
        let count = ids.iter().filter(|it| *it == id).count();
        assert_eq!(count, 1, "{step:?}: {id} in {html}");
    }
    for link in beginning("href=\"#") {
        assert!(ids.contains(&link), "{step:?}: {link}");
    }
    html
}

/// The drafts that make a page another one.
fn states() -> Vec<Draft> {
    let photos = |count: usize| {
        let mut draft = listed("roads.pothole");
        for index in 0..count {
            draft.add_photo(format!("{index:064x}"), "a.jpg");
        }
        draft
    };
    let undecided = Draft {
        near: UNDECIDED.into(),
        ..at(BORDER)
    };
    vec![
        Draft::default(),
        listed("roads.pothole"),
        listed("lighting.pole"),
        listed("thanks.any"),
        listed("vehicles.abandoned"),
        at("nowhere"),
        at(BORDER),
        undecided,
        at("25.38, 49.59"),
        at("24.7136, 46.6753"),
        photos(1),
        photos(5),
    ]
}

/// The demo, and the demo as it asks who reports: by phone, by e-mail, by either.
fn asking(methods: &[&str]) -> Served {
    let mut document = serde_json::to_value(DEMO.document()).unwrap();
    document["identity"]["methods"] = json!(methods);
    for group in document["groups"].as_array_mut().unwrap() {
        for category in group["categories"].as_array_mut().unwrap() {
            category["anonymous"] = json!(false);
        }
    }
    Served::open(&document.to_string(), DEMO.packs().full.clone(), None).unwrap()
}

#[test]
fn every_error_leads_to_one_field_that_is_there_and_says_so_where_there_is_one() {
    let by_email = asking(&["email_code"]);
    let served = [
        &*DEMO,
        &by_email,
        &asking(&["phone_code", "email_code"]),
        &chained(),
    ];
    let pointers = [
        "/category",
        "/description",
        "/place",
        "/place/at",
        "/place/district",
        "/place/candidates",
        "/place/landmark",
        "/place/asset",
        "/answers/0",
        "/answers/7",
        "/photos",
        "/photos/2",
        "/code",
        "/contact",
        "/contact/email",
        "/contact/phone",
        "/phone",
        "/email",
        "/declared",
        "",
        "/elsewhere",
    ];
    for served in served {
        for draft in states() {
            for step in Step::ALL {
                let faults = lacks(step, &draft, served);
                let html = check_links(served, &draft, step, &faults, "");
                let links = html.matches("href=\"#").count();
                assert_eq!(links, faults.len(), "{step:?}: {faults:?}");
            }
            for pointer in pointers {
                let violation = Violation::new(Reason::TextTooLong, pointer);
                let (step, field) = placed(&violation, &draft, served);
                let fault = Fault::of(violation, &field);
                check_links(served, &draft, step, &[fault], "");
            }
        }
    }
    // Who is reached by e-mail alone is not asked for a phone.
    let draft = listed("roads.pothole");
    let lacking = lacks(Step::You, &draft, &by_email);
    assert_eq!(lacking, [Fault::lack("contact.email.missing", "email")]);
}

#[test]
fn no_category_stands_twice_in_the_list_whatever_is_looked_for() {
    for search in ["", "light", "other", "something else", "road", "zzzz"] {
        for draft in [Draft::default(), draft("roads.pothole")] {
            let fault = [Fault::lack("required.category", "category")];
            let html = check_links(&DEMO, &draft, Step::Which, &fault, search);
            let unsure = html.matches("value=\"other\"").count();
            assert!(unsure <= 1, "{search}");
        }
    }
}

#[test]
fn the_page_promises_what_a_form_may_bring() {
    let html = check_links(&DEMO, &listed("roads.pothole"), Step::Photos, &[], "");
    let bound = (PhotoForm::LARGE.photos / 1_000_000).to_string();
    let promised = Words::of("en").fill("photos.at_once", &[("mb", &bound)]);
    assert!(html.contains(&promised), "{html}");
}

#[test]
fn fields_of_other_pages_and_unknown_ones_say_nothing() {
    let mut draft = listed("roads.pothole");
    let before = draft.clone();
    let hostile = form("category=no.such&kind=nothing&q-x=1&asked=x&phone=1&district=zz&go=next");
    for step in [
        Step::What,
        Step::Which,
        Step::Details,
        Step::Danger,
        Step::Code,
    ] {
        fields::apply(&hostile, step, &mut draft, &DEMO);
    }
    assert!(draft == before);
}

#[test]
fn another_contact_is_not_the_one_that_was_confirmed() {
    let mut draft = listed("roads.pothole");
    draft.key = "k".repeat(24);
    draft.phone = "0551234567".into();
    draft.token = "granted".into();
    // As it comes back with the form.
    let mut draft = Draft::read(&draft.carried(Step::You)).unwrap();
    fields::apply(
        &form("phone=0551234567&email="),
        Step::You,
        &mut draft,
        &DEMO,
    );
    assert_eq!(draft.token, "granted");
    fields::apply(&form("phone=0557654321"), Step::You, &mut draft, &DEMO);
    assert_eq!(draft.token, "");
}

#[test]
fn what_no_form_of_ours_would_carry_costs_nothing() {
    let photos = vec![json!({"sha256": "a".repeat(64), "name": ""}); 5_000];
    let strange = vec![json!({"sha256": "1", "name": ""}); 5_000];
    let key = "k".repeat(24);
    let draft = Draft::read(&json!({"key": key, "photos": photos}).to_string()).unwrap();
    assert_eq!(draft.photos.len(), 20);
    let draft = Draft::read(&json!({"key": key, "photos": strange}).to_string()).unwrap();
    assert!(draft.photos.is_empty());
}
