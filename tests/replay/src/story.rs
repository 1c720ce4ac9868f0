//! What comes when, and what becomes of it.

use balagh_shared::categorise::UNSURE;
use balagh_shared::municipality::{Ask, Datatype, Question};
use balagh_shared::time::{DAY_MS, Timestamp};
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::documents::Place;
use crate::texts::Texts;

/// Something that is sent to an edge.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The municipality's id.
    pub town: &'static str,
    /// When.
    pub at: Timestamp,
    /// The adapter it comes through; the widget on the municipality's own page when absent.
    pub adapter: Option<&'static str>,
    /// Its body.
    pub body: String,
    /// The number that is told of it.
    pub phone: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stays open.
    Open,
    /// It is done after so many days.
    Done {
        /// How many.
        after_days: i64,
        /// What its reporter says of it, and how staff close it.
        then: Then,
    },
    /// It is no report: a person looks at it and does not take it.
    Spam,
    /// It is a trial, and counted by nobody.
    Trial,
    /// The edge refuses it.
    Refused,
}

/// How a report that is done ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// By itself.
    Nothing,
    /// Its reporter rates it, which closes it.
    Rated([u8; 3]),
    /// Staff close it with the code that its reporter was sent.
    Coded,
    /// The other agency says that it is done, and staff close it.
    HandedOn,
}

/// How many of what, to be written.
#[derive(Debug, Clone)]
pub struct Chapter<'a> {
    /// Whose.
    pub place: &'a Place,
    /// The first and the day after the last.
    pub days: std::ops::Range<Timestamp>,
    /// Category, district (any when absent), and what becomes of each.
    pub reports: Vec<(&'static str, Option<&'static str>, Fate)>,
    /// The languages they are in.
    pub languages: &'static [&'static str],
    /// Parts in a hundred of these that come as spam, trials and what the edge refuses, on top.
    pub noise_percent: u64,
}

/// Parts of a report that are drawn.
#[derive(Debug)]
pub struct Writer<'t> {
    texts: &'t Texts,
    chance: Chance,
    count: u64,
}

impl<'t> Writer<'t> {
    /// Writes with these texts.
    #[must_use]
    pub fn new(texts: &'t Texts) -> Writer<'t> {
        Writer {
            texts,
            chance: Chance(0x1445),
            count: 0,
        }
    }

    /// What is sent in a chapter, in no order.
    pub fn chapter(&mut self, chapter: &Chapter<'_>) -> Vec<Sent> {
        let mut sent = Vec::new();
        for (category, district, fate) in &chapter.reports {
            let language = *self.chance.of(chapter.languages);
            let text = self.texts.honest(language, category, &mut self.chance);
            let said = (language, text.as_str());
            sent.push(self.one(chapter, category, *district, said, *fate));
        }
        let noise = (chapter.reports.len() as u64 * chapter.noise_percent).div_ceil(100);
        for _ in 0..noise {
            let categories = ["cleanliness.street", UNSURE];
            let category = *self.chance.of(&categories);
            let (language, text) = self.texts.spam(&mut self.chance);
            sent.push(self.one(chapter, category, None, (&language, &text), Fate::Spam));
            let text = self.texts.honest("en", category, &mut self.chance);
            let said = ("en", text.as_str());
            let mut trial = self.one(chapter, category, None, said, Fate::Trial);
            trial.body = trial.body.replacen('{', r#"{"test":true,"#, 1);
            sent.push(trial);
            let mut broken = self.one(chapter, category, None, said, Fate::Refused);
            broken.body = self.broken(&broken.body);
            sent.push(broken);
        }
        sent
    }

    fn one(
        &mut self,
        chapter: &Chapter<'_>,
        category: &str,
        district: Option<&str>,
        (language, text): (&str, &str),
        fate: Fate,
    ) -> Sent {
        let place = chapter.place;
        let known = place.document.category(category).unwrap();
        let mut kinds = place.document.kinds.iter();
        let asked = kinds.find(|it| it.kind == known.kind).unwrap().asks();
        self.count += 1;
        let phone = place.town.phone_number(self.count);
        // Trials and spam come through the form: adapters are people at the municipality.
        let is_noise = !matches!(fate, Fate::Open | Fate::Done { .. });
        let adapter = match place.town.adapters {
            [_, ..] if !is_noise && self.chance.below(3) > 0 => {
                Some(*self.chance.of(place.town.adapters))
            }
            _ => None,
        };
        let mut body = json!({
            "category": category,
            "description": text,
            "lang": language,
            "answers": answers(&known.questions),
            "contact": { "phone": phone },
            "declared": true,
            "channel": adapter.map_or("widget", |(channel, _)| channel),
        });
        if let Some((_, reporter)) = adapter {
            body["reporter_type"] = reporter.into();
        }
        if asked.place == Ask::Required {
            body["place"] = self.place(place, district);
        }
        let length = chapter.days.end.millis() - chapter.days.start.millis();
        let days = u64::try_from(length / DAY_MS).unwrap();
        let day = i64::try_from(self.chance.below(days)).unwrap();
        Sent {
            town: place.town.id,
            // Noon there.
            at: chapter.days.start.plus_millis(day * DAY_MS + DAY_MS / 2),
            adapter: adapter.map(|(channel, _)| channel),
            body: body.to_string(),
            phone,
            fate,
        }
    }

    fn place(&mut self, place: &Place, district: Option<&str>) -> Value {
        let wanted = |it: &&(String, Vec<(f64, f64)>)| Some(it.0.as_str()) == district;
        let (district, points) = match place.points.iter().find(wanted) {
            Some(found) => found,
            // All but the first, which a statement may count.
            None => self.chance.of(&place.points[1..]),
        };
        let (lon, lat) = *self.chance.of(points);
        json!({
            "at": { "lon": lon, "lat": lat, "accuracy_m": 10.0 },
            "source": "map",
            "district": district,
        })
    }

    /// A body that no edge takes.
    fn broken(&mut self, body: &str) -> String {
        match self.chance.below(4) {
            0 => body[..body.len() - 1].to_owned(),
            1 => body.replacen('{', r#"{"categry":"roads","#, 1),
            2 => body.replacen(r#""declared":true"#, r#""declared":false"#, 1),
            _ => body.replacen(r#""category":""#, r#""category":"no."#, 1),
        }
    }
}

/// An answer to each question that is asked of everybody.
fn answers(questions: &[Question]) -> Vec<Value> {
    let asked = questions.iter().filter(|it| it.when.is_none());
    asked
        .map(|question| {
            let said = match question.datatype {
                Datatype::SingleValueList | Datatype::MultiValueList => {
                    question.values.first().map_or("", |it| it.code.as_str())
                }
                Datatype::Number => "2",
                Datatype::Datetime => "2024-01-01T09:00:00+03:00",
                Datatype::String | Datatype::Text => "مطعم الواحة",
            };
            json!({ "question": question.code, "values": [said] })
        })
        .collect()
}
