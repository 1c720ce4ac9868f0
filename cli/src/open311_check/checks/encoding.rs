//! Formats, encodings, errors and what browsers need.

use serde_json::Value;

use super::{Look, Verdict, name, said, unless};
use crate::open311_check::answer::{Answer, Format};
use crate::open311_check::ask::Question;
use crate::open311_check::shape::{Kind, brief, fault, needed, text};
use Verdict::{Broken, Kept, Unseen};

pub(in super::super) fn xml_is_offered(look: &Look<'_>) -> Verdict {
    offered(look, Format::Xml)
}

pub(in super::super) fn json_is_offered(look: &Look<'_>) -> Verdict {
    offered(look, Format::Json)
}

fn offered(look: &Look<'_>, format: Format) -> Verdict {
    match look.evidence.answer(Question::Services, format) {
        Some(Ok(answer)) if answer.is_ok() => match &answer.read {
            Ok(_) => Kept(format!("200 from {}", answer.url)),
            Err(error) => Broken(format!("{} is {error}", answer.url)),
        },
        Some(Ok(answer)) => Broken(said(answer)),
        Some(Err(reason)) => Broken(reason.clone()),
        None => Unseen("it was not asked".to_owned()),
    }
}

/// Kept where nothing is wrong with any answer that holds something.
fn all(look: &Look<'_>, judge: impl Fn(&Answer) -> Option<String>) -> Verdict {
    let answers: Vec<&Answer> = look
        .all()
        .into_iter()
        .filter(|it| it.read.is_ok())
        .collect();
    if answers.is_empty() {
        return Unseen(format!("no answer can be read as {}", name(look.format)));
    }
    let wrong: Vec<String> = answers
        .iter()
        .filter_map(|answer| Some(format!("{} from {}", judge(answer)?, answer.url)))
        .collect();
    match wrong.as_slice() {
        [] => Kept(format!("{} answers", answers.len())),
        [one] => Broken(one.clone()),
        [one, rest @ ..] => Broken(format!("{one}; and {} more", rest.len())),
    }
}

pub(in super::super) fn xml_media_type(look: &Look<'_>) -> Verdict {
    media_type(look, "text/xml")
}

pub(in super::super) fn json_media_type(look: &Look<'_>) -> Verdict {
    media_type(look, "application/json")
}

fn media_type(look: &Look<'_>, expected: &str) -> Verdict {
    all(look, |answer| match answer.media_type() {
        Some(seen) if seen == expected => None,
        Some(seen) => Some(seen),
        None => Some("no Content-Type".to_owned()),
    })
}

pub(in super::super) fn charset(look: &Look<'_>) -> Verdict {
    all(look, |answer| {
        let whole = answer.content_type.as_deref().unwrap_or("no Content-Type");
        let named = whole.to_ascii_lowercase().replace(['"', ' '], "");
        (!named.contains("charset=utf-8")).then(|| whole.to_owned())
    })
}

pub(in super::super) fn utf8(look: &Look<'_>) -> Verdict {
    all(look, |answer| answer.utf8.clone().err())
}

pub(in super::super) fn declaration(look: &Look<'_>) -> Verdict {
    all(look, |answer| {
        let encoding = answer.read.as_ref().ok()?.encoding.as_deref();
        match encoding {
            Some(encoding) if encoding.eq_ignore_ascii_case("utf-8") => None,
            Some(encoding) => Some(format!("encoding={encoding:?}")),
            None => Some("no declaration with an encoding".to_owned()),
        }
    })
}

pub(in super::super) fn foreign(look: &Look<'_>) -> Verdict {
    all(look, |answer| {
        let foreign = &answer.read.as_ref().ok()?.foreign;
        foreign.first().cloned()
    })
}

pub(in super::super) fn bare_arrays(look: &Look<'_>) -> Verdict {
    let lists = [
        Question::Services,
        Question::Requests,
        Question::One,
        Question::Post,
    ];
    let mut seen = 0;
    for question in lists {
        let Ok(answer) = look.answer(question) else {
            continue;
        };
        let (true, Ok(tree)) = (answer.is_ok(), &answer.read) else {
            continue;
        };
        if !tree.value.is_array() {
            return Broken(format!("{} from {}", brief(&tree.value), answer.url));
        }
        seen += 1;
    }
    match seen {
        0 => Unseen("no list came".to_owned()),
        count => Kept(format!("{count} lists")),
    }
}

/// The questions whose answers are meant to be errors, however they are answered.
const REFUSALS: [Question; 9] = [
    Question::UnknownDefinition,
    Question::UnknownOne,
    Question::UnknownToken,
    Question::ServicesElsewhere,
    Question::BadDate,
    Question::PostWithoutKey,
    Question::PostWithoutService,
    Question::PostToUnknownService,
    Question::Post,
];

fn refusals<'e>(look: &Look<'e>) -> Vec<&'e Answer> {
    let answers = REFUSALS
        .iter()
        .filter_map(|question| look.answer(*question).ok());
    answers.filter(|answer| answer.status >= 400).collect()
}

pub(in super::super) fn error_bodies(look: &Look<'_>) -> Verdict {
    judge_refusals(look, |answer| {
        let tree = match &answer.read {
            Ok(tree) => tree,
            Err(error) => return Some(error.clone()),
        };
        match &tree.root {
            Some(root) if root != "errors" => return Some(format!("<{root}>, not <errors>")),
            _ => {}
        }
        let Value::Array(errors) = &tree.value else {
            return Some(format!("no list of errors: {}", brief(&tree.value)));
        };
        let fields = [
            needed("code", Kind::Text),
            needed("description", Kind::Text),
        ];
        match errors.as_slice() {
            [] => Some("an empty list".to_owned()),
            errors => errors.iter().find_map(|error| fault(error, &fields)),
        }
    })
}

pub(in super::super) fn error_codes(look: &Look<'_>) -> Verdict {
    judge_refusals(look, |answer| {
        let Value::Array(errors) = &answer.read.as_ref().ok()?.value else {
            return Some("no list of errors".to_owned());
        };
        let code = text(errors.first()?.get("code"));
        let code = code.unwrap_or_else(|| "no code".to_owned());
        (code != answer.status.to_string())
            .then(|| format!("code {code} with status {}", answer.status))
    })
}

fn judge_refusals(look: &Look<'_>, judge: impl Fn(&Answer) -> Option<String>) -> Verdict {
    let refusals = refusals(look);
    let wrong = refusals
        .iter()
        .find_map(|answer| Some(format!("{} from {}", judge(answer)?, answer.url)));
    match (refusals.len(), wrong) {
        (_, Some(wrong)) => Broken(wrong),
        (0, None) => Unseen("nothing was refused".to_owned()),
        (count, None) => Kept(format!("{count} refusals")),
    }
}

pub(in super::super) fn error_statuses(look: &Look<'_>) -> Verdict {
    let answered = look.evidence.answered();
    let refusals: Vec<&Answer> = answered
        .filter(|(question, answer)| REFUSALS.contains(question) && answer.status >= 400)
        .map(|(_, answer)| answer)
        .collect();
    let other = refusals
        .iter()
        .find(|answer| !matches!(answer.status, 400 | 403 | 404));
    match other {
        Some(answer) => Broken(format!("{} from {}", answer.status, answer.url)),
        None if refusals.is_empty() => Unseen("nothing was refused".to_owned()),
        None => Kept(format!("{} refusals", refusals.len())),
    }
}

pub(in super::super) fn open_to_pages(look: &Look<'_>) -> Verdict {
    unless(look.answer(Question::Services), |answer| {
        if answer.allows_pages {
            Kept(format!("allowed at {}", answer.url))
        } else {
            Broken(format!("not allowed at {}", answer.url))
        }
    })
}

pub(in super::super) fn https(look: &Look<'_>) -> Verdict {
    let address = &look.evidence.endpoint;
    let host = address.split("//").nth(1).unwrap_or_default();
    let is_here = ["localhost", "127.", "[::1]"];
    if address.starts_with("https://") {
        Kept(address.clone())
    } else if is_here.iter().any(|here| host.starts_with(here)) {
        Unseen("it is on this machine".to_owned())
    } else {
        Broken(address.clone())
    }
}

pub(in super::super) fn redirects(look: &Look<'_>) -> Verdict {
    let mut answered = look.evidence.answered();
    let moved = answered.find_map(|(_, answer)| Some((answer, answer.moved_to.as_ref()?)));
    match moved {
        Some((answer, to)) => Broken(format!("{} leads to {to}", answer.url)),
        None => Kept("no redirects".to_owned()),
    }
}
