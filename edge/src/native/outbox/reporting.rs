//! What the origin is told of a report, step by step: its photos, the report, later photos, what a
//! person said of it.

use balagh_shared::delivery::StoredPhoto;

use super::origin::Origin;
use super::undelivered::Undelivered;
use super::{Arrived, Round};
use crate::native::ledger::{Job, Load};

impl Origin {
    /// Carries a job; whatever of it arrived before something failed may be sent again.
    pub(super) async fn carry(&self, round: &Round<'_>, job: &Job) -> Result<Arrived, Undelivered> {
        match &job.load {
            Load::Report => self.carry_report(round, job).await,
            Load::Photo(sent) => self.carry_late_photo(round, job, sent).await,
            Load::Review => self.carry_review(round, job).await,
        }
    }

    async fn carry_report(&self, round: &Round<'_>, job: &Job) -> Result<Arrived, Undelivered> {
        let Some(mut delivery) = round.edge.ledger.delivery(&job.number).await? else {
            // The body was erased: there is nothing to carry any more.
            return Ok(Arrived::default());
        };
        let mut left_behind = Vec::new();
        for photo in std::mem::take(&mut delivery.photos) {
            round.go_on()?;
            match self.carry_photo(round, &photo).await {
                Ok(()) => delivery.photos.push(photo),
                Err(undelivered) if undelivered.is_away() => return Err(undelivered),
                // A photo never keeps its report back: it goes on trying by itself.
                Err(undelivered) => {
                    let (number, code) = (job.number.as_str(), undelivered.code());
                    tracing::warn!(number, code, %undelivered, "a photo stays behind its report");
                    left_behind.push(photo);
                }
            }
        }
        round.go_on()?;
        self.report(&delivery).await?;
        Ok(Arrived {
            photos: delivery.photos,
            left_behind,
            reference: None,
        })
    }

    async fn carry_photo(&self, round: &Round<'_>, photo: &StoredPhoto) -> Result<(), Undelivered> {
        let bytes = round.edge.photos.read(&photo.sha256).await?;
        self.photo(photo, bytes).await
    }

    async fn carry_late_photo(
        &self,
        round: &Round<'_>,
        job: &Job,
        sent: &str,
    ) -> Result<Arrived, Undelivered> {
        let delivery = round.edge.ledger.delivery(&job.number).await?;
        let photo = delivery
            .into_iter()
            .flat_map(|it| it.photos)
            .find(|it| it.sent_sha256 == sent);
        if let Some(photo) = photo {
            self.carry_photo(round, &photo).await?;
            round.go_on()?;
            self.late_photo(&job.number, &photo).await?;
        }
        Ok(Arrived::default())
    }

    async fn carry_review(&self, round: &Round<'_>, job: &Job) -> Result<Arrived, Undelivered> {
        let screening = round.edge.ledger.screening(&job.number).await?;
        if let Some(label) = screening.and_then(|it| it.label) {
            self.review(&job.number, label).await?;
        }
        Ok(Arrived::default())
    }
}
