//! The municipality's public document, read from the object `JSON.parse` made of it.
//!
//! By hand: the derived reader of these twenty types is 60 KB of wasm, a fifth of all this widget
//! may weigh before the first input. The literals below name every field, so a new one does not
//! compile until it is read here.

use std::collections::BTreeMap;

use balagh_shared::municipality::{
    Agency, Announcement, Ask, Closing, ClosingBy, Condition, ContactPolicy, ContactRule, Danger,
    Datatype, Gazetteer, Help, IdentityMethod, Kind, KindPolicy, PackReference, PhotoPolicy,
    PhotoRule, Place, PlaceKind, PrivacyNotice, Procedure, PublicCategory, PublicDistrict,
    PublicGroup, PublicIdentity, PublicMunicipality, Question, TextPolicy, Theme, Tiles, Value,
    View,
};
use balagh_shared::time::Timestamp;
use balagh_shared::translated::{Translated, TranslatedList};
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use crate::js::{get, number, text};

/// Reads the document. What a newer edge adds is passed over, what it leaves out is empty: the
/// protocol's number is what tells whether the two understand each other.
pub(crate) fn read(of: &JsValue) -> PublicMunicipality {
    let contact = get(of, "contact");
    let photos = get(of, "photos");
    let limits = get(of, "text");
    PublicMunicipality {
        protocol: whole(of, "protocol"),
        id: string(of, "id"),
        prefix: string(of, "prefix"),
        names: translated(of, "names"),
        languages: strings(&get(of, "languages")),
        time_zone: string(of, "time_zone"),
        emergency: string(of, "emergency"),
        help: Help {
            phone: string(&get(of, "help"), "phone"),
        },
        announcements: list(of, "announcements", |it| Announcement {
            from: instant(it, "from"),
            until: instant(it, "until"),
            text: translated(it, "text"),
        }),
        view: view(&get(of, "view")),
        tiles: optional(of, "tiles").map(|it| Tiles {
            url: string(&it, "url"),
            attribution: string(&it, "attribution"),
        }),
        kinds: list(of, "kinds", |it| KindPolicy {
            kind: kind(it),
            names: translated(it, "names"),
            place: ask(it, "place"),
            photos: ask(it, "photos"),
            description: ask(it, "description"),
            contact: ask(it, "contact"),
        }),
        groups: list(of, "groups", group),
        departments: entries(&get(of, "departments"), languages),
        agencies: list(of, "agencies", |it| Agency {
            id: string(it, "id"),
            names: translated(it, "names"),
            contact: string(it, "contact"),
            area: text(it, "area"),
        }),
        districts: list(of, "districts", |it| PublicDistrict {
            id: string(it, "id"),
            names: translated(it, "names"),
        }),
        pack: PackReference {
            sha256: string(&get(of, "pack"), "sha256"),
            phone: text(&get(of, "pack"), "phone"),
        },
        // Scripts alone ask for them: `words` in js/later.js.
        words: None,
        contact: ContactPolicy {
            phone: match string(&contact, "phone").as_str() {
                "none" => ContactRule::None,
                "required" => ContactRule::Required,
                _ => ContactRule::Optional,
            },
            calling_code: string(&contact, "calling_code"),
            trunk: string(&contact, "trunk"),
            digits: whole(&contact, "digits") as u8,
        },
        identity: PublicIdentity::default(),
        photos: PhotoPolicy {
            count: whole(&photos, "count") as u8,
            bytes: whole(&photos, "bytes"),
        },
        text: TextPolicy {
            min: whole(&limits, "min"),
            max: whole(&limits, "max"),
        },
        privacy: privacy(&get(of, "privacy")),
        closing: Closing::default(),
        theme: Theme(entries(&get(of, "theme"), |it| {
            it.as_string().unwrap_or_default()
        })),
        hijri: get(of, "hijri").is_truthy(),
    }
}

/// Reads the named places.
pub(crate) fn gazetteer(of: &JsValue) -> Gazetteer {
    let places = Array::from(of).into_iter().map(|it| Place {
        id: string(&it, "id"),
        at: pair(&get(&it, "at")),
        kind: match string(&it, "kind").as_str() {
            "district" => PlaceKind::District,
            "town" => PlaceKind::Town,
            "street" => PlaceKind::Street,
            _ => PlaceKind::Landmark,
        },
        names: translated(&it, "names"),
    });
    Gazetteer(places.collect())
}

fn group(of: &JsValue) -> PublicGroup {
    PublicGroup {
        code: string(of, "code"),
        names: translated(of, "names"),
        icon: string(of, "icon"),
        categories: list(of, "categories", category),
    }
}

fn category(of: &JsValue) -> PublicCategory {
    PublicCategory {
        code: string(of, "code"),
        names: translated(of, "names"),
        kind: kind(of),
        photo: match string(of, "photo").as_str() {
            "none" => PhotoRule::None,
            "asked" => PhotoRule::Asked,
            _ => PhotoRule::Optional,
        },
        danger: optional(of, "danger").map(|it| Danger {
            number: string(&it, "number"),
            advice: translated(&it, "advice"),
            tips: lines(&it, "tips"),
        }),
        notice: optional(of, "notice").map(|it| languages(&it)),
        procedure: None,
        transfer: text(of, "transfer"),
        questions: list(of, "questions", question),
        anonymous: get(of, "anonymous").is_truthy(),
        closing: None,
    }
}

/// Reads what the first stop does not show and [`read`] leaves out.
pub(crate) fn read_on(read: &mut PublicMunicipality, of: &JsValue) {
    read.identity = identity(&get(of, "identity"));
    read.closing = closing(&get(of, "closing"));
    let groups = Array::from(&get(of, "groups"));
    for (group, of) in read.groups.iter_mut().zip(groups) {
        let categories = Array::from(&get(&of, "categories"));
        for (category, of) in group.categories.iter_mut().zip(categories) {
            category.procedure = optional(&of, "procedure").map(|it| procedure(&it));
            category.closing = optional(&of, "closing").map(|it| closing(&it));
        }
    }
}

fn procedure(of: &JsValue) -> Procedure {
    Procedure {
        documents: lines(of, "documents"),
        steps: lines(of, "steps"),
        url: text(of, "url"),
    }
}

/// What a kind asks; a word of a newer edge is taken for the kind's usual.
fn ask(of: &JsValue, key: &str) -> Option<Ask> {
    match string(of, key).as_str() {
        "none" => Some(Ask::None),
        "optional" => Some(Ask::Optional),
        "required" => Some(Ask::Required),
        _ => None,
    }
}

fn identity(of: &JsValue) -> PublicIdentity {
    let methods = strings(&get(of, "methods"));
    PublicIdentity {
        methods: methods
            .iter()
            .filter_map(|method| match method.as_str() {
                "anonymous" => Some(IdentityMethod::Anonymous),
                "phone_code" => Some(IdentityMethod::PhoneCode),
                "email_code" => Some(IdentityMethod::EmailCode),
                "token" => Some(IdentityMethod::Token),
                _ => None,
            })
            .collect(),
        countries: strings(&get(of, "countries")),
    }
}

fn closing(of: &JsValue) -> Closing {
    Closing {
        by: match string(of, "by").as_str() {
            "code" => ClosingBy::Code,
            _ => ClosingBy::Survey,
        },
        fallback_days: whole(of, "fallback_days") as u16,
        online: get(of, "online").is_truthy(),
        reopen_below: whole(of, "reopen_below") as u8,
    }
}

fn question(of: &JsValue) -> Question {
    Question {
        code: string(of, "code"),
        names: translated(of, "names"),
        datatype: match string(of, "datatype").as_str() {
            "number" => Datatype::Number,
            "datetime" => Datatype::Datetime,
            "text" => Datatype::Text,
            "singlevaluelist" => Datatype::SingleValueList,
            "multivaluelist" => Datatype::MultiValueList,
            _ => Datatype::String,
        },
        required: get(of, "required").is_truthy(),
        values: list(of, "values", |it| Value {
            code: string(it, "code"),
            names: translated(it, "names"),
        }),
        when: optional(of, "when").map(|it| Condition {
            question: string(&it, "question"),
            is: string(&it, "is"),
        }),
    }
}

fn privacy(of: &JsValue) -> PrivacyNotice {
    PrivacyNotice {
        controller: translated(of, "controller"),
        purpose: translated(of, "purpose"),
        basis: translated(of, "basis"),
        recipients: translated(of, "recipients"),
        retention: translated(of, "retention"),
        contact: string(of, "contact"),
    }
}

fn view(of: &JsValue) -> View {
    View {
        center: pair(&get(of, "center")),
        zoom: number(of, "zoom").unwrap_or_default(),
    }
}

fn pair(of: &JsValue) -> [f64; 2] {
    let pair = Array::from(of);
    [0, 1].map(|index| pair.get(index).as_f64().unwrap_or_default())
}

/// The six kinds; one of a newer edge is taken for a report, which asks for everything.
pub(crate) fn kind(of: &JsValue) -> Kind {
    let code = string(of, "kind");
    let kinds = [
        Kind::Complaint,
        Kind::Suggestion,
        Kind::InformationRequest,
        Kind::ServiceRequest,
        Kind::Thanks,
    ];
    kinds
        .into_iter()
        .find(|kind| kind.code() == code)
        .unwrap_or(Kind::Report)
}

/// A moment; 1970 where there is none, so that nothing unread is shown.
fn instant(of: &JsValue, key: &str) -> Timestamp {
    // The browser's reader: the rules' own would be fetched before the first input for this alone.
    Timestamp::from_millis(js_sys::Date::parse(&string(of, key)) as i64)
}

/// A text; empty where there is none.
pub(crate) fn string(of: &JsValue, key: &str) -> String {
    text(of, key).unwrap_or_default()
}

/// A whole number; none of them is negative.
fn whole(of: &JsValue, key: &str) -> u32 {
    number(of, key).unwrap_or_default() as u32
}

fn optional(of: &JsValue, key: &str) -> Option<JsValue> {
    Some(get(of, key)).filter(JsValue::is_object)
}

/// A list, each item read by `read`.
pub(crate) fn list<T>(of: &JsValue, key: &str, read: fn(&JsValue) -> T) -> Vec<T> {
    let found = get(of, key);
    if !found.is_object() {
        return Vec::new();
    }
    Array::from(&found).iter().map(|it| read(&it)).collect()
}

/// A list of texts.
pub(crate) fn strings(of: &JsValue) -> Vec<String> {
    if !of.is_object() {
        return Vec::new();
    }
    Array::from(of)
        .iter()
        .filter_map(|it| it.as_string())
        .collect()
}

fn entries<T>(of: &JsValue, read: fn(&JsValue) -> T) -> BTreeMap<String, T> {
    let mut map = BTreeMap::new();
    if let Some(object) = of.dyn_ref::<Object>() {
        for entry in Object::entries(object) {
            let entry = Array::from(&entry);
            map.insert(
                entry.get(0).as_string().unwrap_or_default(),
                read(&entry.get(1)),
            );
        }
    }
    map
}

fn translated(of: &JsValue, key: &str) -> Translated {
    languages(&get(of, key))
}

fn lines(of: &JsValue, key: &str) -> TranslatedList {
    TranslatedList(entries(&get(of, key), strings))
}

fn languages(of: &JsValue) -> Translated {
    Translated(entries(of, |it| it.as_string().unwrap_or_default()))
}
