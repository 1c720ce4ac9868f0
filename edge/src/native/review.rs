//! What waits for a person, as this edge's page shows it.

use balagh_shared::keyring::Keyring;
use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;

use super::edge::{Answer, Asked, Edge};
use super::ledger::{Label, LedgerError, Letter, Screening, Which};
use super::reports::unavailable;
use crate::pages::quarantine::{self, Held, Review};
use crate::served::Served;

/// `/staff/quarantine`; 404 where the operator wants none.
pub(crate) async fn answer(edge: &Edge, asked: Asked<'_>) -> Answer {
    match &edge.staff {
        Some(token) => {
            let language = asked.language;
            quarantine::answer(&Reviewed { edge, language }, token, asked.request).await
        }
        None => Answer::refuse_for(Reason::RouteUnknown, asked.language),
    }
}

/// The one ledger of all municipalities.
struct Reviewed<'a> {
    edge: &'a Edge,
    language: &'static str,
}

impl Reviewed<'_> {
    async fn with_words(&self, screening: Screening) -> Result<Held, LedgerError> {
        let delivery = self.edge.ledger.delivery(&screening.number).await?;
        Ok(Held::of(screening, delivery.map(|it| it.report)))
    }
}

impl Review for Reviewed<'_> {
    async fn held(&self, most: u32) -> Result<Vec<Held>, Answer> {
        let failed = |error| unavailable(&error, self.language);
        let mut held = Vec::new();
        for screening in self.edge.ledger.held(most).await.map_err(failed)? {
            held.push(self.with_words(screening).await.map_err(failed)?);
        }
        Ok(held)
    }

    async fn screenings(
        &self,
        since: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<Screening>, Answer> {
        let made = self.edge.ledger.screenings(since, before).await;
        made.map_err(|error| unavailable(&error, self.language))
    }

    async fn label(&self, number: &str, label: Label, now: Timestamp) -> Result<(), Answer> {
        let labelled = self.edge.ledger.label(number, label, now).await;
        labelled.map_err(|error| unavailable(&error, self.language))?;
        self.edge.bell.ring();
        Ok(())
    }

    async fn aside(&self, most: u32) -> Result<Vec<Letter>, Answer> {
        let which = Which {
            dead: true,
            ..Which::default()
        };
        let letters = self.edge.ledger.letters(which, most).await;
        letters.map_err(|error| unavailable(&error, self.language))
    }

    async fn replay(&self, number: &str, now: Timestamp) -> Result<(), Answer> {
        let which = Which {
            number: Some(number),
            ..Which::default()
        };
        let replayed = self.edge.ledger.replay(which, now).await;
        replayed.map_err(|error| unavailable(&error, self.language))?;
        self.edge.bell.ring();
        Ok(())
    }

    fn municipality(&self, id: &str) -> Option<&Served> {
        self.edge.municipalities.get(id)
    }

    fn of(&self) -> Option<&str> {
        None
    }

    fn sessions(&self) -> &Keyring {
        &self.edge.keys.sessions
    }

    fn own_origin(&self) -> &str {
        &self.edge.own_origin
    }
}
