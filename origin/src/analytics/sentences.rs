//! A period in sentences, as a municipality would say it, each made from its figures; none is said
//! that has no figure.

use super::change::Change;
use super::dimension::Dimension;
use super::statement::{Row, Statement};
use super::tally::Tally;
use super::words::{Words, count};

/// Subjects that are named.
const MOST_SUBJECTS: usize = 5;

/// The sentences, in order.
pub(super) fn of(statement: &Statement<'_>, words: &Words) -> Vec<String> {
    let total = statement.total().now;
    if total.received == 0 {
        return vec![words.nothing.to_owned()];
    }
    let says = Says {
        statement,
        words,
        total,
    };
    [
        Some(says.whole()),
        says.soon(),
        says.compared(),
        says.kinds(),
        says.subjects(),
        says.districts(),
        says.agencies(),
        says.satisfied(),
        says.pleased(),
        says.again(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Says<'a> {
    statement: &'a Statement<'a>,
    words: &'a Words,
    total: &'a Tally,
}

impl Says<'_> {
    fn whole(&self) -> String {
        let served = self.statement.served;
        let who = served.document.names.in_language(self.words.code);
        let when = self.words.when(self.statement.period);
        let (received, completed) = (count(self.total.received), count(self.total.completed));
        let share = self.words.percentage(self.total.completion().permille());
        match self.words.is_rtl() {
            true => format!(
                "بلغ عدد ما استقبلته {who} {when} من بلاغات وطلبات {received}، أُنجز منها {completed}، أي {share}."
            ),
            false => format!(
                "{who} received {received} reports and requests {when}. It completed {completed} of them: {share}."
            ),
        }
    }

    fn soon(&self) -> Option<String> {
        let median = self.total.durations.percentile(50)?;
        let nine = self.total.durations.percentile(90)?;
        let (median, nine) = (
            self.words.length(Some(median)),
            self.words.length(Some(nine)),
        );
        let on_time = self.words.percentage(self.total.punctuality().permille());
        Some(match self.words.is_rtl() {
            true => format!(
                "أُنجز نصفها خلال {median} أو أقل، وتسعة من كل عشرة خلال {nine} أو أقل، و{on_time} منها في الموعد المحدد لها."
            ),
            false => format!(
                "Half of these took {median} or less, nine of ten {nine} or less, and {on_time} were done by the time set for them."
            ),
        })
    }

    fn compared(&self) -> Option<String> {
        let (baseline, before) = self.statement.baseline.as_ref()?;
        let before = &before.sums.total;
        let when = self.words.when(*baseline);
        if before.received == 0 {
            return Some(match self.words.is_rtl() {
                true => format!("ولا بيانات {when} للمقارنة."),
                false => format!("No report came {when} to compare with."),
            });
        }
        let of_count = Change::of_count(self.total.received, before.received);
        let share = Change::of_share(self.total.completion(), before.completion());
        let earlier = count(before.received);
        let percent = |change: Option<i64>| {
            let change =
                change.map(|it| format!("{}{}", Words::tenths(it, true), self.words.percent));
            change.unwrap_or_else(|| self.words.no_data.to_owned())
        };
        let (received, completion) = (percent(of_count.percent), percent(share.percent));
        let points = Words::tenths(share.points.unwrap_or_default(), true);
        let from = self.words.percentage(before.completion().permille());
        Some(match self.words.is_rtl() {
            true => format!(
                "وكان عددها {earlier} {when} ({received})، وكانت نسبة الإنجاز {from}: تغيّرت {completion} نسبةً إليها، أي {points} نقطة."
            ),
            false => format!(
                "There were {earlier} {when} ({received}), of which {from} were completed: a change of {completion} relative to that, which is {points} points."
            ),
        })
    }

    fn kinds(&self) -> Option<String> {
        let named = self.named(Dimension::Kind, usize::MAX)?;
        Some(match self.words.is_rtl() {
            true => format!("وهي بحسب النوع: {named}."),
            false => format!("By kind: {named}."),
        })
    }

    fn subjects(&self) -> Option<String> {
        let named = self.named(Dimension::Category, MOST_SUBJECTS)?;
        Some(match self.words.is_rtl() {
            true => format!("وأكثر موضوعاتها: {named}."),
            false => format!("Most were about: {named}."),
        })
    }

    fn districts(&self) -> Option<String> {
        let rows = self.statement.rows(Dimension::District);
        let is_place = |row: &&Row<'_>| !row.value.is_empty() && row.now.received > 0;
        let places = rows.iter().filter(is_place).count();
        let most = rows.iter().find(is_place)?;
        let name = self
            .words
            .value(Dimension::District, most.value, self.statement.served);
        let received = count(most.now.received);
        Some(match self.words.is_rtl() {
            true => format!("ووردت من {places} من البلديات الفرعية، أكثرها من {name}: {received}."),
            false => format!(
                "They came from {places} sub-municipalities, the most from {name}: {received}."
            ),
        })
    }

    fn agencies(&self) -> Option<String> {
        let (all, done) = (self.total.transferred, self.total.transferred_completed);
        if all == 0 {
            return None;
        }
        let (all, done) = (count(all), count(done));
        Some(match self.words.is_rtl() {
            true => format!(
                "وكان {all} منها من اختصاص جهات أخرى، فحُوِّلت إليها، وتوبع {done} منها حتى انتهائه."
            ),
            false => format!(
                "{all} belonged to other agencies and were handed to them; {done} of these have been followed to their end."
            ),
        })
    }

    fn satisfied(&self) -> Option<String> {
        let share = self.total.satisfaction();
        share.permille()?;
        let percent = self.words.percentage(share.permille());
        let rated = count(share.whole);
        Some(match self.words.is_rtl() {
            true => format!(
                "وبلغت نسبة الرضا {percent} من {rated} تقييمًا ({}).",
                self.words.satisfaction_hint
            ),
            false => format!(
                "{percent} of {rated} who rated were satisfied ({}).",
                self.words.satisfaction_hint.to_lowercase()
            ),
        })
    }

    fn pleased(&self) -> Option<String> {
        let ratings = &self.statement.contacts.0.total;
        let (agent, answer) = (ratings.agent(), ratings.answer());
        let (agent, answer) = (agent.permille()?, answer.permille()?);
        let percent = |permille| self.words.percentage(Some(permille));
        let (agent, answer, rated) = (percent(agent), percent(answer), count(ratings.rated));
        Some(match self.words.is_rtl() {
            true => format!(
                "وممن قيّموا تواصلهم معنا، وعددهم {rated}، رضي {agent} عن الموظف و{answer} عن الإجابة ({}).",
                self.words.contacts_hint
            ),
            false => format!(
                "Of {rated} who rated a contact with staff, {agent} were pleased with the agent and {answer} with the answer ({}).",
                self.words.contacts_hint.to_lowercase()
            ),
        })
    }

    fn again(&self) -> Option<String> {
        if self.total.reopened == 0 {
            return None;
        }
        let reopened = count(self.total.reopened);
        Some(match self.words.is_rtl() {
            true => format!("وأُعيد فتح {reopened} منها."),
            false => format!("{reopened} were opened again."),
        })
    }

    /// The values of a dimension with their counts, the largest first.
    fn named(&self, dimension: Dimension, most: usize) -> Option<String> {
        let rows = self.statement.rows(dimension);
        let came: Vec<_> = rows.iter().filter(|row| row.now.received > 0).collect();
        let mut named: Vec<String> = came
            .iter()
            .take(most)
            .map(|row| {
                let name = self
                    .words
                    .value(dimension, row.value, self.statement.served);
                format!("{name} {}", count(row.now.received))
            })
            .collect();
        if came.len() > most {
            named.push(self.words.others.to_owned());
        }
        (!named.is_empty()).then(|| named.join(self.words.comma))
    }
}
