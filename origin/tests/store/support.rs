//! Ledgers of each kind, and reports to put into them.

use std::path::Path;

use balagh_database::Place;
use balagh_database::cluster::Cluster;
use balagh_origin::lifecycle::step::{Outcome, Situation, Step};
use balagh_origin::lifecycle::{Actor, Log};
use balagh_origin::municipalities::Municipalities;
use balagh_origin::store::{NewReport, Store, StoreError, StoredReport, Taken, Vault};
use balagh_shared::delivery::Verdict;
use balagh_shared::keyring::Keyring;
use balagh_shared::number::{Prefix, ReportNumber};
use balagh_shared::report::{Place as Where, PlaceSource, Point, Report, ReporterType};
use balagh_shared::routing::Route;
use balagh_shared::seal::blind_indexes;
use balagh_shared::time::{HOUR_MS, Timestamp};

use crate::folder::Folder;

/// When these tests are.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

/// One ledger, the documents it is used with, and where it is.
pub(crate) struct Town {
    pub(crate) store: Store,
    pub(crate) documents: Municipalities,
    pub(crate) place: Place,
    vault: Vault,
}

/// Runs a test on a ledger of each kind.
pub(crate) async fn on_each(test: impl AsyncFn(&Town)) {
    let folder = Folder::new("store");
    let mut places = vec![Place::Memory, Place::File(folder.join("origin.sqlite"))];
    if let Some(cluster) = Cluster::shared().unwrap() {
        places.push(Place::Postgres(cluster.database().await.unwrap()));
    }
    for place in places {
        let town = Town::open(place).await;
        test(&town).await;
        town.store.close().await;
    }
}

impl Town {
    pub(crate) async fn open(place: Place) -> Town {
        let fixtures =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/municipalities");
        // The keys lie apart, on the same engine.
        let keys = match &place {
            Place::Memory => Place::Memory,
            Place::File(path) => Place::File(path.with_file_name("keys.sqlite")),
            Place::Postgres(_) => {
                let cluster = Cluster::shared().unwrap().unwrap();
                Place::Postgres(cluster.database().await.unwrap())
            }
        };
        let vault = Vault::open(&keys, keyring()).await.unwrap();
        Town {
            store: Store::open(&place, vault.clone()).await.unwrap(),
            documents: Municipalities::load(&fixtures, None).unwrap(),
            place,
            vault,
        }
    }

    /// The same ledger as another process opens it; the same process where there is no other.
    pub(crate) async fn another(&self) -> Store {
        match &self.place {
            Place::Memory => self.store.clone(),
            shared => Store::open(shared, self.vault.clone()).await.unwrap(),
        }
    }

    pub(crate) async fn insert(&self, new: &NewReport) {
        let inserted = self
            .store
            .insert(new, &self.documents, now())
            .await
            .unwrap();
        assert_eq!(
            inserted,
            balagh_origin::store::Inserted::New,
            "{}",
            self.place
        );
    }

    pub(crate) async fn report(&self, number: &str) -> StoredReport {
        self.store.report(number).await.unwrap().unwrap()
    }

    /// A step of Huda's, from how she saw the report.
    pub(crate) async fn step(
        &self,
        number: &str,
        revision: u64,
        step: &Step,
    ) -> Result<Taken, StoreError> {
        take(&self.store, &self.documents, number, revision, step).await
    }
}

pub(crate) async fn take(
    store: &Store,
    documents: &Municipalities,
    number: &str,
    revision: u64,
    step: &Step,
) -> Result<Taken, StoreError> {
    let decide = |report: &StoredReport| decide(report, documents, step);
    store
        .step(number, Some(revision), documents, now(), decide)
        .await
}

/// What a step of Huda's leads to.
pub(crate) fn decide(
    report: &StoredReport,
    documents: &Municipalities,
    step: &Step,
) -> Result<Outcome, StoreError> {
    let policy = documents.policy(&report.municipality, &report.head.category)?;
    let life = report.life();
    let codes = keyring();
    Ok(step.take(
        Some("Huda"),
        &Situation {
            municipality: &report.municipality,
            head: &report.head,
            life: &life,
            policy: &policy,
            codes: &codes,
            now: now(),
        },
    ))
}

fn keyring() -> Keyring {
    Keyring::parse("TEST", &format!("t:{}", "A".repeat(43))).unwrap()
}

/// The number of the report that came so many hours before [`now`].
pub(crate) fn number(hours: i64) -> String {
    let prefix = Prefix::parse("DMM").unwrap();
    let seed = hours.wrapping_mul(0x1E37_79B9_7F4A_7C15).to_be_bytes();
    ReportNumber::mint(&prefix, &seed).as_str().to_owned()
}

/// Litter, so many hours before [`now`].
pub(crate) fn report(hours: i64) -> NewReport {
    let received_at = now().plus_millis(-hours * HOUR_MS);
    let route = Route {
        district: Some("west-dammam".into()),
        candidates: Vec::new(),
        department: "cleanliness".into(),
        agency: None,
        due: received_at.plus_millis(24 * HOUR_MS),
        inspectors: None,
    };
    let at = Point {
        lon: 49.987_654,
        lat: 26.412_345,
        accuracy_m: None,
    };
    let report = Report {
        category: "cleanliness.street".into(),
        description: "نفايات'); DROP TABLE reports; -- 🏫".into(),
        lang: "ar".into(),
        place: Some(Where {
            at: Some(at),
            source: PlaceSource::Map,
            district: Some("west-dammam".into()),
            candidates: Vec::new(),
            landmark: Some("بجانب المسجد".into()),
            asset: None,
        }),
        pack: None,
        answers: Vec::new(),
        photos: Vec::new(),
        contact: None,
        share_contact: false,
        observed_at: None,
        declared: true,
        reporter_type: ReporterType::Person,
        channel: "widget".into(),
        partner_reference: None,
        test: false,
    };
    let number = number(hours);
    NewReport {
        log: Log::intake(
            Actor::Edge,
            Verdict::Accept,
            false,
            &route,
            received_at,
            now(),
        ),
        fingerprints: blind_indexes(&keyring(), "delivery", &number),
        number: ReportNumber::parse(&number).unwrap(),
        municipality: "dammam".into(),
        secret_kid: Some("demo".into()),
        verdict: Verdict::Accept,
        reasons: Vec::new(),
        route,
        received_at,
        report,
        contact: None,
        persons: Vec::new(),
        partner: None,
        joins: None,
        confirmed: None,
        media_url: None,
        photos: Vec::new(),
    }
}
