//! Whether every promise was kept.

use std::collections::BTreeMap;

use balagh_origin::lifecycle::What;

use crate::hub::Hub;
use crate::phone::{Draft, Phone};
use crate::servers::Servers;
use crate::truth::{Text, text_of};

/// How long a reporter waits before a report can be asked for again, in milliseconds.
const FOLLOW_UP_MS: i64 = 86_400_000;

/// What is lost with a tab that is closed, and may be: what the phone had refused to keep, and what
/// was typed in the last moment.
pub(crate) fn excuse(hub: &Hub, phone: &Phone, tab: u64) {
    let Some(tab) = phone.tabs.get(&tab) else {
        return;
    };
    let drafts = tab.form.iter().chain(&tab.parked);
    let drafts: Vec<&Draft> = drafts
        .chain(tab.waiting.iter().map(|it| &it.draft))
        .collect();
    let mut state = hub.lock();
    for draft in drafts {
        let is_kept = phone.store.values().any(|it| it.draft.text == draft.text);
        state.truth.of(draft.text, |text| {
            if !is_kept && !text.kept {
                text.excused = true;
            }
        });
    }
}

/// Looks at everything that was promised in a run that is over.
///
/// # Errors
/// The first promise that was not kept.
pub(crate) async fn reckon(hub: &Hub, servers: &Servers) -> Result<(), String> {
    let (delivered, acknowledged, keys) = {
        let state = hub.lock();
        let truth = &state.truth;
        let keys = |text: &Text| text.keys.len();
        let keys: Vec<usize> = truth.texts.iter().map(keys).collect();
        (truth.delivered.clone(), truth.acknowledged.clone(), keys)
    };
    // Which texts the origin has, under which numbers.
    let mut had: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for number in &delivered {
        let stored = servers.store.report(number).await;
        let Some(stored) = stored.map_err(|error| error.to_string())? else {
            continue;
        };
        let text = text_of(&stored.report.description);
        let text = text.ok_or_else(|| format!("{number} has lost its words"))?;
        had.entry(text).or_default().push(number.clone());
        once(number, stored.log.events())?;
        let told = servers.ledger.status(number).await;
        let told = told.map_err(|error| error.to_string())?;
        let revision = told.map_or(0, |it| it.revision);
        if revision != stored.revision {
            return Err(format!(
                "the edge knows {number} at revision {revision}, the origin at {}",
                stored.revision
            ));
        }
    }
    for (text, numbers) in &had {
        // A citizen may send the same words again from another tab, under another key.
        if numbers.len() > keys.get(*text).copied().unwrap_or_default() {
            return Err(format!(
                "text {text} was delivered as {}",
                numbers.join(" and ")
            ));
        }
    }
    for (number, text) in &acknowledged {
        let has = had
            .get(text)
            .is_some_and(|numbers| numbers.contains(number));
        if !has {
            return Err(format!("{number} was acknowledged and never delivered"));
        }
    }
    let state = hub.lock();
    for (id, text) in state.truth.texts.iter().enumerate() {
        if let Some(number) = &text.shown
            && acknowledged.get(number) != Some(&id)
        {
            return Err(format!(
                "text {id} was shown as {number}, which is another text"
            ));
        }
        let is_owed = (text.asked || text.kept) && !text.dropped && !text.superseded;
        let is_owed = is_owed && !text.excused;
        if is_owed && text.shown.is_none() {
            return Err(format!("text {id} was typed and lost: {text:?}"));
        }
    }
    Ok(())
}

/// Whether what may happen once happened once.
fn once(number: &str, events: &[balagh_origin::lifecycle::Event]) -> Result<(), String> {
    let mut followed: Option<i64> = None;
    let mut gained = Vec::new();
    let mut joined = 0;
    for event in events {
        match &event.what {
            What::FollowUp => {
                let at = event.at.millis();
                if followed.is_some_and(|before| (at - before).abs() < FOLLOW_UP_MS) {
                    return Err(format!("{number} was asked for twice within a day"));
                }
                followed = Some(at);
            }
            What::Gained { number: other } => {
                if gained.contains(other) {
                    return Err(format!("{other} joined {number} twice"));
                }
                gained.push(other.clone());
            }
            What::Joined { .. } => joined += 1,
            _ => {}
        }
    }
    if joined > 1 {
        return Err(format!("{number} joined others {joined} times"));
    }
    Ok(())
}
