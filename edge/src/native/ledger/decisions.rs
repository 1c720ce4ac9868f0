//! What decisions write: the rows of all reports of a group, table by table.

use balagh_database::{Connection, Rows, Value};
use balagh_shared::delivery::{Delivery, Verdict};
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;

use super::counters::{advance, forget_idle};
use super::{Ledger, LedgerError};
use crate::ledger::count::Count;
use crate::ledger::grid::cell;
use crate::ledger::job::ORIGIN;
use crate::ledger::rest::{verdict_code, without_contact};
use crate::ledger::statements;
use crate::screen::{Effect, Insert, Spot};

/// Rows that wait to be written together.
#[derive(Debug)]
pub(super) struct Decided {
    submissions: Rows<5>,
    reports: Rows<8>,
    photos: Rows<3>,
    nearby: Rows<9>,
    screenings: Rows<7>,
    outbox: Rows<4>,
    nonces: Rows<2>,
    counts: Vec<Count>,
    /// When what is over is to be forgotten.
    forgets: Option<Timestamp>,
}

impl Default for Decided {
    fn default() -> Decided {
        Decided {
            submissions: Rows::new(statements::KEEP_SUBMISSION),
            reports: Rows::new(statements::KEEP_REPORT),
            photos: Rows::new(statements::NAME_PHOTO),
            nearby: Rows::new(statements::PLACE),
            screenings: Rows::new(statements::KEEP_SCREENING),
            outbox: Rows::new(statements::QUEUE),
            nonces: Rows::new(statements::SPEND),
            counts: Vec::new(),
            forgets: None,
        }
    }
}

impl Decided {
    /// With another decision's.
    pub(super) fn add(&mut self, other: &Decided) {
        self.submissions.add(&other.submissions);
        self.reports.add(&other.reports);
        self.photos.add(&other.photos);
        self.nearby.add(&other.nearby);
        self.screenings.add(&other.screenings);
        self.outbox.add(&other.outbox);
        self.nonces.add(&other.nonces);
        self.counts.extend_from_slice(&other.counts);
        self.forgets = self.forgets.max(other.forgets);
    }

    /// And forgets what is over by `now` and weighs nothing any more: a spent nonce of a dead session,
    /// an empty bucket.
    pub(super) fn forget(&mut self, now: Timestamp) {
        self.forgets = Some(now);
    }

    /// Writes all of it into a transaction; where that fails, some of it may be written.
    pub(super) async fn write_into(self, tx: &mut Connection) -> Result<(), LedgerError> {
        self.submissions.write(tx).await?;
        self.reports.write(tx).await?;
        self.photos.write(tx).await?;
        self.nearby.write(tx).await?;
        self.screenings.write(tx).await?;
        self.outbox.write(tx).await?;
        self.nonces.write(tx).await?;
        advance(tx, &self.counts).await?;
        if let Some(now) = self.forgets {
            forget_idle(tx, now).await?;
            sqlx::query(statements::FORGET_SPENT)
                .bind(now.seconds())
                .execute(&mut *tx)
                .await?;
        }
        Ok(())
    }

    fn place(&mut self, delivery: &Delivery, spot: &Spot) {
        self.nearby.push([
            (&delivery.number).into(),
            (&delivery.municipality).into(),
            (&delivery.report.category).into(),
            cell(spot.at).into(),
            spot.at.lon.into(),
            spot.at.lat.into(),
            delivery.received_at.millis().into(),
            State::Received.code().into(),
            spot.is_shown.into(),
        ]);
    }
}

impl Ledger {
    /// What a decision writes.
    pub(super) fn decided(
        &self,
        effects: &[Effect],
        now: Timestamp,
    ) -> Result<Decided, LedgerError> {
        let mut decided = Decided::default();
        for effect in effects {
            match effect {
                Effect::InsertReport(insert) => self.insert(&mut decided, insert, now)?,
                Effect::SpendNonce { nonce, expires_at } => {
                    let row = [nonce.to_vec().into(), (*expires_at).into()];
                    decided.nonces.push(row);
                }
                Effect::Count { .. } => decided.counts.extend(Count::of(effect)),
            }
        }
        Ok(decided)
    }

    fn insert(
        &self,
        decided: &mut Decided,
        insert: &Insert,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let Insert {
            slot,
            fingerprint,
            stub,
            delivery,
            screened,
            spot,
            ..
        } = insert;
        let number = || Value::from(stub.number.as_str());
        let now = now.millis();
        let verdict = verdict_code(delivery.verdict);
        decided.submissions.push([
            slot.hex().into(),
            fingerprint.to_vec().into(),
            number(),
            serde_json::to_string(stub)?.into(),
            now.into(),
        ]);
        let contact = delivery.report.contact.as_ref();
        decided.reports.push([
            number(),
            (&delivery.municipality).into(),
            (&delivery.report.category).into(),
            verdict.into(),
            (&delivery.secret_kid).into(),
            now.into(),
            serde_json::to_string(&without_contact(delivery))?.into(),
            self.seal_contact(stub.number.as_str(), contact)?.into(),
        ]);
        for (position, photo) in (0_i64..).zip(&delivery.report.photos) {
            decided
                .photos
                .push([number(), photo.into(), position.into()]);
        }
        if let Some(spot) = spot {
            decided.place(delivery, spot);
        }
        decided.screenings.push([
            number(),
            (&delivery.municipality).into(),
            now.into(),
            (&delivery.report.category).into(),
            delivery.partner.clone().into(),
            verdict.into(),
            serde_json::to_string(screened)?.into(),
        ]);
        for target in self.targets(&delivery.municipality) {
            let is_ours = target.id == ORIGIN;
            // Only our own origin knows a trial for what it is.
            if delivery.report.test && !is_ours {
                continue;
            }
            // Only our own origin has people who look at what was held.
            let is_held = !is_ours && delivery.verdict == Verdict::Quarantine;
            decided
                .outbox
                .push([number(), (&target.id).into(), is_held.into(), now.into()]);
        }
        Ok(())
    }
}
