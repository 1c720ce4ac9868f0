//! Services and their definitions.

use serde_json::Value;

use super::{
    Look, Verdict, each, list as is_list, refused, said, shaped, typed, unique as has_unique,
    unless,
};
use crate::open311_check::answer::Format;
use crate::open311_check::ask::Question;
use crate::open311_check::shape::{Field, Kind, fault, needed, optional, text};
use Verdict::{Broken, Kept, Unseen};

const SERVICE: [Field; 4] = [
    needed("service_code", Kind::Text),
    needed("service_name", Kind::Text),
    needed("metadata", Kind::Flag),
    needed("type", Kind::OneOf(&["realtime", "batch", "blackbox"])),
];

const ATTRIBUTE: [Field; 6] = [
    needed("variable", Kind::Flag),
    needed("code", Kind::Text),
    needed(
        "datatype",
        Kind::OneOf(&[
            "string",
            "number",
            "datetime",
            "text",
            "singlevaluelist",
            "multivaluelist",
        ]),
    ),
    needed("required", Kind::Flag),
    needed("description", Kind::Text),
    optional("order", Kind::Whole),
];

const VALUE: [Field; 2] = [needed("key", Kind::Text), needed("name", Kind::Text)];

pub(in super::super) fn list(look: &Look<'_>) -> Verdict {
    is_list(look, Question::Services, "services")
}

pub(in super::super) fn fields(look: &Look<'_>) -> Verdict {
    shaped(look, Question::Services, "service_code", &SERVICE)
}

pub(in super::super) fn types(look: &Look<'_>) -> Verdict {
    typed(look, Question::Services, "service_code", &SERVICE)
}

pub(in super::super) fn unique(look: &Look<'_>) -> Verdict {
    unless(look.some(Question::Services), |items| {
        has_unique(items, "service_code")
    })
}

pub(in super::super) fn same(look: &Look<'_>) -> Verdict {
    let codes = |format| -> Result<Vec<String>, Verdict> {
        let answer = look.answer_in(Question::Services, format)?;
        let items = answer
            .items()
            .ok_or_else(|| Unseen(format!("no list: {}", said(answer))))?;
        let codes = items
            .iter()
            .filter_map(|item| text(item.get("service_code")));
        let mut codes: Vec<String> = codes.collect();
        codes.sort_unstable();
        Ok(codes)
    };
    let both = codes(Format::Xml).and_then(|xml| Ok((xml, codes(Format::Json)?)));
    unless(both, |(xml, json)| {
        if xml == json {
            return Kept(format!("{} in both", xml.len()));
        }
        let differs = |code: &&String| xml.contains(code) != json.contains(code);
        let one = xml.iter().chain(&json).find(differs);
        Broken(format!(
            "{} in XML, {} in JSON; {} is in one alone",
            xml.len(),
            json.len(),
            one.map_or("none", String::as_str)
        ))
    })
}

pub(in super::super) fn elsewhere(look: &Look<'_>) -> Verdict {
    refused(look, Question::ServicesElsewhere, &[404, 200])
}

/// The definition that was asked for.
fn definition_of<'e>(look: &Look<'e>) -> Result<&'e Value, Verdict> {
    let answer = look.answer(Question::Definition)?;
    if !answer.is_ok() {
        return Err(Broken(said(answer)));
    }
    match &answer.read {
        Ok(tree) => Ok(match &tree.value {
            // Some wrap it in a list.
            Value::Array(items) => items.first().unwrap_or(&tree.value),
            value => value,
        }),
        Err(error) => Err(Broken(error.clone())),
    }
}

fn attributes_of<'e>(look: &Look<'e>) -> Result<&'e Vec<Value>, Verdict> {
    let definition = definition_of(look)?;
    let attributes = definition.get("attributes").and_then(Value::as_array);
    let attributes = attributes.filter(|attributes| !attributes.is_empty());
    attributes.ok_or_else(|| Unseen("there are no attributes".to_owned()))
}

pub(in super::super) fn definition(look: &Look<'_>) -> Verdict {
    let root = look.answer(Question::Definition).ok().and_then(|answer| {
        let root = answer.read.as_ref().ok()?.root.clone()?;
        (root != "service_definition").then_some(root)
    });
    unless(definition_of(look), |definition| {
        if let Some(root) = root {
            return Broken(format!("the root is <{root}>, not <service_definition>"));
        }
        let asked = look.evidence.chosen.defined.as_deref();
        let code = text(definition.get("service_code"));
        match (&code, definition.get("attributes")) {
            (None, _) => Broken("service_code is missing".to_owned()),
            (Some(code), _) if Some(code.as_str()) != asked => Broken(format!(
                "service_code {code}, where {} was asked for",
                asked.unwrap_or_default()
            )),
            (Some(_), Some(Value::Array(attributes))) => {
                Kept(format!("{} attributes", attributes.len()))
            }
            (Some(_), _) => Broken("attributes is no list".to_owned()),
        }
    })
}

pub(in super::super) fn attributes(look: &Look<'_>) -> Verdict {
    unless(attributes_of(look), |attributes| {
        each(attributes, "code", |attribute| fault(attribute, &ATTRIBUTE))
    })
}

pub(in super::super) fn values(look: &Look<'_>) -> Verdict {
    unless(attributes_of(look), |attributes| {
        let lists: Vec<&Value> = attributes
            .iter()
            .filter(|attribute| {
                let datatype = text(attribute.get("datatype"));
                datatype.is_some_and(|datatype| datatype.ends_with("valuelist"))
            })
            .collect();
        if lists.is_empty() {
            return Unseen("no attribute is of a list type".to_owned());
        }
        each(lists, "code", |attribute| {
            match attribute.get("values").and_then(Value::as_array) {
                None => Some("values is no list".to_owned()),
                Some(values) if values.is_empty() => Some("values is empty".to_owned()),
                Some(values) => values.iter().find_map(|value| fault(value, &VALUE)),
            }
        })
    })
}

pub(in super::super) fn attributes_unique(look: &Look<'_>) -> Verdict {
    unless(attributes_of(look), |attributes| {
        match has_unique(attributes, "code") {
            Kept(_) => has_unique(attributes, "order"),
            other => other,
        }
    })
}

pub(in super::super) fn unknown(look: &Look<'_>) -> Verdict {
    refused(look, Question::UnknownDefinition, &[404])
}
