//! From a configuration to a running edge, and back to silence.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use balagh_connections as connections;
use balagh_database::{BadPlace, Place};
use balagh_messages::{Messages, SetupError};
use balagh_shared::canonical::hex;
use balagh_shared::keyring::KeysError;
use balagh_shared::municipality::IdentityMethod;
use balagh_world::NoRandomness;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::config::{Config, ConfigError};
use super::edge::Edge;
use super::figures::Figures;
use super::files::Files;
use super::in_flight::InFlight;
use super::ledger::{Ledger, LedgerError};
use super::metrics::Metrics;
use super::municipalities::{self, LoadError};
use super::outbox::{Bell, DestinationError, Origin, destinations};
use super::photos::{BUCKET_KEYS, PhotoStore};
use super::shift::Shift;
use super::turns::Turns;
use super::{clock, log, outbox, retention, server};
use crate::guesses::Guesses;
use crate::keys::{LedgerKeys, ScreenKeys};
use crate::pages::quarantine::StaffToken;

/// How long requests and deliveries that are under way may take once the edge is asked to stop.
const FAREWELL: Duration = Duration::from_secs(8);

/// Photos in memory at the same time, of 8 MB each at most, and of those of one sender: a carrier's
/// address stands for many phones, each of which sends one photo after the other.
const PHOTOS_AT_ONCE: (usize, usize) = (32, 8);
/// Forms with photos in memory at the same time, of 26 MB and its parts each, and of those of one
/// sender.
const FORMS_AT_ONCE: (usize, usize) = (6, 2);

/// Why an edge did not start, or did not go on.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration file.
    Config(ConfigError),
    /// The keys in the environment.
    Keys(KeysError),
    /// A municipality's files.
    Municipality(LoadError),
    /// What `EDGE_DATABASE_URL` says.
    Place(BadPlace),
    /// The ledger did not open.
    Open {
        /// Which.
        place: Place,
        /// Why.
        error: LedgerError,
    },
    /// The ledger.
    Ledger(LedgerError),
    /// The system gives no random bytes.
    Randomness(NoRandomness),
    /// The folder of the data.
    Data {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The store of photos.
    Photos(object_store::Error),
    /// The photos of a ledger that several edges share are where this one cannot read them: there.
    PhotosElsewhere(String),
    /// What sends codes.
    Messages(SetupError),
    /// The client that delivers to the origin.
    Origin(reqwest::Error),
    /// A variable that whoever may write to the bucket stands in is not set.
    BucketKey(&'static str),
    /// Who is told of reports.
    Destination(DestinationError),
    /// A destination is to have the reports of a municipality that is not served: it would have none.
    Unserved {
        /// The destination's id.
        destination: String,
        /// The municipality's, as it is written.
        municipality: String,
    },
    /// The address to listen on.
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The server ended.
    Serve(std::io::Error),
}

/// An edge that runs.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    /// The loops of the outbox, a destination each.
    outbox: JoinSet<()>,
    sweeper: JoinHandle<()>,
    edge: Arc<Edge>,
    linger: Duration,
}

/// Runs an edge until the process is asked to stop (Ctrl-C or SIGTERM). Keys come from the
/// environment.
///
/// # Errors
/// [`StartError`], with what is missing and what to put there.
pub async fn run(config: &Path) -> Result<(), StartError> {
    log::start();
    let config = Config::read(config).map_err(StartError::Config)?;
    let running = start(config, &|name| std::env::var(name).ok()).await?;
    tracing::info!(address = %running.address(), "listening");
    running.until(asked_to_stop(), asked_to_stop()).await
}

/// Starts an edge. `variable` reads the environment's keys.
///
/// # Errors
/// [`StartError`].
pub async fn start(
    config: Config,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Running, StartError> {
    let keys = ScreenKeys::read(variable).map_err(StartError::Keys)?;
    let secrets = LedgerKeys::read(variable).map_err(StartError::Keys)?;
    let municipalities = municipalities::load_all(&config.municipalities, config.packs.as_deref())
        .map_err(StartError::Municipality)?;
    let photo_folder = config.data.join("photos");
    std::fs::create_dir_all(&photo_folder).map_err(|error| StartError::Data {
        path: photo_folder.clone(),
        error,
    })?;
    unserved(&config, |id| municipalities.contains_key(id))?;
    if config.photos.is_some() {
        let is_set = |name: &&str| variable(name).is_some_and(|it| !it.trim().is_empty());
        let missing = BUCKET_KEYS.into_iter().find(|name| !is_set(name));
        missing.map_or(Ok(()), |name| Err(StartError::BucketKey(name)))?;
    }
    warn_of_missing_folders(&config);
    let place = config.ledger(variable).map_err(StartError::Place)?;
    let ledger = Ledger::open(&place, secrets.seals.clone()).await;
    let ledger = ledger
        .map_err(|error| StartError::Open { place, error })?
        .for_targets(config.targets());
    // The one error is that a provider is already installed, by us or by the origin beside us.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let photos = match &config.photos {
        Some(bucket) => PhotoStore::in_bucket(bucket, variable),
        None => PhotoStore::in_folder(&photo_folder),
    };
    let photos = photos.map_err(StartError::Photos)?;
    if ledger.is_shared() {
        same_photos(&ledger, &config).await?;
    }
    let origin = Origin::of(&config, &secrets).map_err(StartError::Origin)?;
    let destinations =
        destinations(&config, origin.clone(), variable).map_err(StartError::Destination)?;
    warn_of_strays(&ledger, &config).await;
    let messages = Messages::new(config.sms.as_ref(), config.smtp.as_ref(), variable)
        .map_err(StartError::Messages)?;
    for served in municipalities.values() {
        let methods = &served.document().identity.methods;
        for (method, is_set_up, section) in [
            (IdentityMethod::PhoneCode, messages.has_sms(), "sms"),
            (IdentityMethod::EmailCode, messages.has_email(), "smtp"),
        ] {
            if methods.contains(&method) && !is_set_up {
                let municipality = served.id();
                tracing::warn!(
                    municipality,
                    section,
                    "codes are offered, and nothing sends them"
                );
            }
        }
    }
    let listen = |error| StartError::Listen {
        address: config.listen,
        error,
    };
    let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;

    let linger = Duration::from_secs(config.linger_seconds.into());
    let edge = Arc::new(Edge {
        upstream: origin,
        figures: Figures::default(),
        own_origin: config.own_origin(),
        photos,
        staff: staff(variable),
        widget: config.widget.clone().map(Files::new),
        site: config.site.clone().map(Files::new),
        metrics: Metrics::default(),
        in_flight: InFlight::default(),
        guesses: Guesses::default(),
        photo_turns: Turns::new(PHOTOS_AT_ONCE.0, PHOTOS_AT_ONCE.1),
        form_turns: Turns::new(FORMS_AT_ONCE.0, FORMS_AT_ONCE.1),
        leaving: AtomicBool::new(false),
        shift: Shift::new().map_err(StartError::Randomness)?,
        bell: Bell::default(),
        ledger,
        messages,
        config,
        municipalities: Arc::new(municipalities),
        keys,
        secrets,
    });
    let (stop, stopped) = watch::channel(false);
    let mut outbox = JoinSet::new();
    for destination in destinations {
        let (edge, stopped) = (Arc::clone(&edge), stopped.clone());
        outbox.spawn(outbox::run(edge, destination, stopped));
    }
    let sweeper = tokio::spawn(retention::keep(Arc::clone(&edge)));
    let served = Arc::clone(&edge);
    let proxies = edge.config.trusted_proxies.clone();
    let is_proxy = move |address| proxies.iter().any(|network| network.contains(address));
    let server = tokio::spawn(connections::serve(
        listener,
        server::router(served),
        connections::Bounds::default(),
        is_proxy,
        told(stopped),
    ));
    Ok(Running {
        address,
        stop,
        server,
        outbox,
        sweeper,
        edge,
        linger,
    })
}

/// Refuses to go on where the photos that a shared ledger names are somewhere else than this edge
/// would look: in the folder of another machine.
async fn same_photos(ledger: &Ledger, config: &Config) -> Result<(), StartError> {
    let here = match &config.photos {
        Some(bucket) => format!("bucket {}/{}", bucket.bucket, bucket.prefix),
        None => format!("folder {}", folder_id(&config.data)?),
    };
    let noted = ledger.photos_are_in(&here).await;
    let noted = noted.map_err(StartError::Ledger)?;
    if noted == here {
        return Ok(());
    }
    if config.photos.is_none() {
        return Err(StartError::PhotosElsewhere(noted));
    }
    // Every edge reaches a bucket; what was elsewhere before, the operator has brought there.
    tracing::warn!(before = noted, now = here, "the photos have moved");
    let moved = ledger.photos_moved_to(&here).await;
    moved.map_err(StartError::Ledger)
}

/// What a folder of data is told from others by, drawn once and kept in it.
fn folder_id(data: &Path) -> Result<String, StartError> {
    let path = data.join("folder.id");
    let failed = |error| StartError::Data {
        path: path.clone(),
        error,
    };
    match std::fs::read_to_string(&path) {
        Ok(id) => return Ok(id),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let random: [u8; 16] = clock::random().map_err(StartError::Randomness)?;
    let id = hex(&random);
    std::fs::write(&path, &id).map_err(failed)?;
    Ok(id)
}

/// Refuses a destination whose municipality is misspelt: nobody would notice what it does not get.
fn unserved(config: &Config, is_served: impl Fn(&str) -> bool) -> Result<(), StartError> {
    for destination in &config.destinations {
        let named = destination.municipalities.iter();
        if let Some(municipality) = named.into_iter().find(|id| !is_served(id)) {
            return Err(StartError::Unserved {
                destination: destination.id.clone(),
                municipality: municipality.clone(),
            });
        }
    }
    Ok(())
}

/// Reports are taken without the widget's files, so the edge starts; whoever started it should know.
fn warn_of_missing_folders(config: &Config) {
    for (setting, folder) in [
        ("packs", &config.packs),
        ("widget", &config.widget),
        ("site", &config.site),
    ] {
        if let Some(folder) = folder.as_ref().filter(|folder| !folder.is_dir()) {
            let folder = folder.display();
            tracing::warn!(setting, %folder, "there is no such folder");
        }
    }
}

/// What waits for a destination that the configuration does not name any more waits for ever, and
/// keeps its report from being erased.
async fn warn_of_strays(ledger: &Ledger, config: &Config) {
    let targets = config.targets();
    for backlog in ledger.backlog().await.unwrap_or_default() {
        let destination = &backlog.destination;
        if !targets.iter().any(|target| target.id == *destination) {
            let waiting = backlog.waiting + backlog.held + backlog.dead;
            tracing::warn!(
                destination,
                waiting,
                "messages wait for a destination that is not configured"
            );
        }
    }
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it: no new requests, those under way are answered, the ledger is closed.
    ///
    /// # Errors
    /// [`StartError::Serve`] when the server had failed before.
    pub async fn stop(self) -> Result<(), StartError> {
        self.stop_by(std::future::pending()).await
    }

    /// The same, and lingers no longer than until `hurry` is over, as it does when it is asked to stop
    /// a second time.
    ///
    /// # Errors
    /// As [`stop`](Running::stop).
    pub async fn stop_by(self, hurry: impl Future<Output = ()>) -> Result<(), StartError> {
        self.until(std::future::ready(()), hurry).await
    }

    async fn until(
        mut self,
        enough: impl Future<Output = ()>,
        hurry: impl Future<Output = ()>,
    ) -> Result<(), StartError> {
        let failed = |ended: Result<(), tokio::task::JoinError>| {
            ended.map_err(|error| StartError::Serve(std::io::Error::other(error)))
        };
        tokio::select! {
            ended = &mut self.server => return failed(ended),
            // None of them ever ends by itself. Should one, then what is acknowledged would be kept and never
            // carried: better that a supervisor starts all of it again.
            Some(ended) = self.outbox.join_next() => return failed(ended),
            // Nor this one: what is overdue would stay, and nobody would know.
            ended = &mut self.sweeper => return failed(ended),
            () = enough => {}
        }
        self.edge.leaving.store(true, Ordering::Relaxed);
        tracing::info!("asked to stop");
        if !self.linger.is_zero() {
            // A load balancer stops sending meanwhile; whoever asks again knows that it has.
            drop(tokio::time::timeout(self.linger, hurry).await);
        }
        self.stop.send_replace(true);
        self.sweeper.abort();
        let finished = async {
            let ended = (&mut self.server).await;
            // Each loop ends after its step; what it could not finish stays in the ledger.
            while self.outbox.join_next().await.is_some() {}
            ended
        };
        let ended = tokio::time::timeout(FAREWELL, finished).await;
        self.server.abort();
        self.outbox.shutdown().await;
        let Edge { shift, ledger, .. } = &*self.edge;
        shift.end(ledger).await;
        ledger.close().await;
        tracing::info!(in_time = ended.is_ok(), "stopped");
        ended.map_or(Ok(()), failed)
    }
}

async fn told(mut stopped: watch::Receiver<bool>) {
    // An error means that nobody is left to say so.
    drop(stopped.wait_for(|stop| *stop).await);
}

async fn asked_to_stop() {
    let interrupt = async {
        // Where the signal cannot be heard, the process is ended without it.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut asked) => drop(asked.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

/// Whoever may review what was held.
fn staff(variable: &dyn Fn(&str) -> Option<String>) -> Option<StaffToken> {
    StaffToken::read(variable).unwrap_or_else(|error| {
        tracing::error!("{error}");
        None
    })
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Config(error) => error.fmt(f),
            StartError::Keys(error) => error.fmt(f),
            StartError::Municipality(error) => error.fmt(f),
            StartError::Place(error) => write!(f, "EDGE_DATABASE_URL: {error}"),
            StartError::Open { place, error } => write!(f, "the ledger {place}: {error}"),
            StartError::Ledger(error) => error.fmt(f),
            StartError::Randomness(error) => error.fmt(f),
            StartError::Data { path, error } => {
                write!(f, "cannot write {}: {error}", path.display())
            }
            StartError::BucketKey(variable) => write!(
                f,
                "the environment variable {variable} is not set: give it what the store calls who may \
                 write to the bucket of the section [photos]"
            ),
            StartError::Unserved {
                destination,
                municipality,
            } => write!(
                f,
                "the destination {destination} is to have the reports of {municipality}, which is not \
                 served here: write the id of a folder in `municipalities`"
            ),
            StartError::Photos(error) => write!(f, "the store of photos: {error}"),
            StartError::PhotosElsewhere(place) => write!(
                f,
                "the photos of this database are in the {place} of another edge, and this one has \
                 files of its own: edges that share a database need a bucket, in the section [photos]"
            ),
            StartError::Messages(error) => error.fmt(f),
            StartError::Origin(error) => write!(f, "the client to the origin: {error}"),
            StartError::Destination(error) => error.fmt(f),
            StartError::Listen { address, error } => {
                write!(f, "cannot listen on {address}: {error}")
            }
            StartError::Serve(error) => write!(f, "the server ended: {error}"),
        }
    }
}

impl std::error::Error for StartError {}
