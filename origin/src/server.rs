//! The origin as a server: everything put together, listening, until it is told to stop.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use balagh_messages::{Messages, SetupError};
use balagh_shared::keyring::KeysError;
use balagh_shared::reason::Reason;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tower_http::timeout::TimeoutLayer;

use crate::analytics::{self, keeper::Keeper};
use crate::config::{Config, ConfigError};
use crate::courier::{Courier, Failures};
use crate::herald::Herald;
use crate::keys::Keys;
use crate::metrics::{self, Counters};
use crate::municipalities::{Municipalities, MunicipalityError};
use crate::person::eraser::Eraser;
use crate::photos::PhotoFiles;
use crate::refusal::{self, Refusal};
use crate::store::{Store, StoreError, Vault};
use crate::timers::Timers;
use crate::{console, edge_contract, open311, reporter, staff_door};

/// A request that has not been answered by then is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the doors share.
pub(crate) struct Origin {
    pub(crate) municipalities: Arc<Municipalities>,
    pub(crate) store: Store,
    pub(crate) photos: PhotoFiles,
    pub(crate) keys: Keys,
    /// The edge, as people reach it.
    pub(crate) edge: Box<str>,
    counters: Counters,
    failures: Failures,
    wake: watch::Sender<()>,
    changed: mpsc::UnboundedSender<String>,
}

/// What the doors are made of.
pub(crate) struct Doors {
    pub(crate) municipalities: Arc<Municipalities>,
    pub(crate) store: Store,
    pub(crate) photos: PhotoFiles,
    pub(crate) keys: Keys,
    /// The edge, as people reach it.
    pub(crate) edge: Box<str>,
    /// Changed when somebody is to be told.
    pub(crate) wake: watch::Sender<()>,
    /// Names reports whose timers may be others now.
    pub(crate) changed: mpsc::UnboundedSender<String>,
}

impl Doors {
    /// All of them, where nobody is sent messages.
    pub(crate) fn open(self) -> Router {
        let Doors {
            municipalities,
            store,
            photos,
            keys,
            edge,
            wake,
            changed,
        } = self;
        router(Arc::new(Origin {
            municipalities,
            store,
            photos,
            keys,
            edge,
            counters: Counters::default(),
            failures: Failures::default(),
            wake,
            changed,
        }))
    }
}

/// A running origin.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    store: Store,
    stop: watch::Sender<bool>,
    listening: JoinHandle<()>,
    telling: JoinHandle<()>,
    timing: JoinHandle<()>,
    sending: JoinHandle<()>,
    summing: JoinHandle<()>,
    erasing: JoinHandle<()>,
}

/// Why the origin does not start, or ends by itself.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration is missing or wrong.
    Config(ConfigError),
    /// Keys are missing or wrong.
    Keys(KeysError),
    /// A municipality cannot be served.
    Municipality(MunicipalityError),
    /// The ledger cannot be opened.
    Store(StoreError),
    /// The data folder cannot be used.
    Data(String),
    /// The client that tells the edge cannot be made.
    Client(String),
    /// What sends messages cannot be set up.
    Messages(SetupError),
    /// The address cannot be listened on.
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// It ended while it was listening.
    Ended(std::io::Error),
}

/// Runs the origin that the file at `config` describes, with keys from the environment and logs on
/// standard output, until the process is interrupted or asked to end.
///
/// # Errors
/// [`StartError`].
pub async fn run(config: &Path) -> Result<(), StartError> {
    log_to_stdout();
    let config = Config::read(config).map_err(StartError::Config)?;
    let keys = Keys::read(&|name| std::env::var(name).ok()).map_err(StartError::Keys)?;
    let server = Server::start(&config, keys).await?;
    interrupted().await;
    tracing::info!("stopping");
    server.stop().await
}

impl Server {
    /// Starts an origin; it listens when this returns.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: &Config, keys: Keys) -> Result<Server, StartError> {
        let municipalities = Municipalities::load(&config.municipalities, config.packs.as_deref())
            .map_err(StartError::Municipality)?;
        let municipalities = Arc::new(municipalities);
        std::fs::create_dir_all(&config.data)
            .map_err(|error| StartError::Data(format!("{}: {error}", config.data.display())))?;
        let vault = Vault::open(&config.keys(), keys.seals.clone()).await;
        let vault = vault.map_err(StartError::Store)?;
        let photos = PhotoFiles::open(&config.data.join("photos"), vault.clone())
            .map_err(|error| StartError::Data(error.to_string()))?;
        let store = Store::open(&config.place(), vault)
            .await
            .map_err(StartError::Store)?;
        tell_of_locked(&store).await.map_err(StartError::Store)?;
        for served in municipalities.iter() {
            let noted = store.note_hidden(&served.document).await;
            noted.map_err(StartError::Store)?;
        }
        let documents = Arc::clone(&municipalities);
        let herald = Herald::new(
            store.clone(),
            documents,
            keys.clone(),
            photos.clone(),
            &config.edge.url,
        )
        .map_err(|error| StartError::Client(error.to_string()))?;
        let messages = messages(config, &municipalities)?;
        let listen = |error| StartError::Listen {
            address: config.listen,
            error,
        };
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;

        let (wake, woken) = watch::channel(());
        let (stop, stopped) = watch::channel(false);
        let telling = tokio::spawn(herald.run(woken.clone(), stopped.clone()));
        let links = config.edge.public_url.as_ref().unwrap_or(&config.edge.url);
        let failures = Failures::default();
        let courier = Courier {
            store: store.clone(),
            municipalities: Arc::clone(&municipalities),
            keys: keys.clone(),
            messages: Arc::new(messages),
            edge: links.trim_end_matches('/').into(),
            failures: failures.clone(),
        };
        let sending = tokio::spawn(courier.run(woken, stopped.clone()));
        let timers = Timers {
            store: store.clone(),
            municipalities: Arc::clone(&municipalities),
            codes: keys.closing.clone(),
            wake: wake.clone(),
        };
        let keeper = Keeper {
            store: store.clone(),
            municipalities: Arc::clone(&municipalities),
        };
        let summing = tokio::spawn(keeper.run(stopped.clone()));
        let erasing = Eraser {
            store: store.clone(),
            municipalities: Arc::clone(&municipalities),
            photos: photos.clone(),
            keys: keys.clone(),
            days: config.personal_days,
            wake: wake.clone(),
        };
        let erasing = tokio::spawn(erasing.run(stopped.clone()));
        let (changed, changes) = mpsc::unbounded_channel();
        let timing = tokio::spawn(timers.run(changes, stopped.clone()));
        let counters = Counters::default();
        let origin = Origin {
            municipalities,
            store: store.clone(),
            photos,
            keys,
            edge: links.trim_end_matches('/').into(),
            counters,
            failures,
            wake,
            changed,
        };
        let served: Vec<&str> = origin
            .municipalities
            .iter()
            .map(|one| one.document.id.as_str())
            .collect();
        tracing::info!(%address, municipalities = served.join(" "), "listening");
        let router = router(Arc::new(origin));
        let bounds = balagh_connections::Bounds::default();
        let stopped = told(stopped);
        // A proxy on this machine is whom the console believes, too.
        let is_proxy = |address: IpAddr| address.to_canonical().is_loopback();
        let served = balagh_connections::serve(listener, router, bounds, is_proxy, stopped);
        let listening = tokio::spawn(served);
        Ok(Server {
            address,
            store,
            stop,
            listening,
            telling,
            timing,
            sending,
            summing,
            erasing,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its ledger.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Stops: what is under way is answered, nothing new is taken.
    ///
    /// # Errors
    /// [`StartError::Ended`] when it had already ended by itself.
    pub async fn stop(self) -> Result<(), StartError> {
        // Nobody hears it where both have ended already.
        let _heard = self.stop.send(true);
        let ended = self.listening.await;
        let _told = self.telling.await;
        let _timed = self.timing.await;
        let _sent = self.sending.await;
        let _summed = self.summing.await;
        let _erased = self.erasing.await;
        self.store.close().await;
        ended.map_err(|error| StartError::Ended(std::io::Error::other(error)))
    }
}

impl Origin {
    /// A report has changed: there may be somebody to tell, and other timers to wait for.
    pub(crate) fn has_changed(&self, number: &str) {
        self.wake.send_replace(());
        // Nobody waits for timers any more once the server stops.
        let _stopping = self.changed.send(number.to_owned());
    }
}

/// Says whose words cannot be read today, for want of a master key. They are not lost: the key is put
/// back into the environment, behind the current one.
async fn tell_of_locked(store: &Store) -> Result<(), StoreError> {
    for locked in store.vault().locked().await? {
        tracing::error!(
            master = locked.kid,
            keys = locked.count,
            "sealed with a master key that is not in BALAGH_SEAL_KEYS: put it back behind the current \
             one; `balagh origin person unreadable` lists the reports"
        );
    }
    Ok(())
}

/// What sends messages. Nothing does where the operator set nothing up, which is said once.
fn messages(config: &Config, documents: &Municipalities) -> Result<Messages, StartError> {
    let variable = |name: &str| std::env::var(name).ok();
    let messages = Messages::new(config.sms.as_ref(), config.smtp.as_ref(), &variable)
        .map_err(StartError::Messages)?;
    for served in documents.iter() {
        let mut templates = served.document.templates.all().into_iter();
        let has_words = templates.any(|(_, texts)| !texts.is_empty());
        if has_words && !messages.has_sms() && !messages.has_email() {
            let municipality = &served.document.id;
            tracing::warn!(municipality, "messages are worded, and nothing sends them");
        }
    }
    Ok(messages)
}

fn router(origin: Arc<Origin>) -> Router {
    Router::new()
        .merge(edge_contract::routes())
        .merge(reporter::routes())
        .merge(staff_door::routes())
        .merge(console::routes())
        .merge(open311::routes())
        .merge(analytics::door::routes())
        .merge(analytics::page::routes())
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(|| async { Refusal::new(Reason::RouteUnknown) })
        .method_not_allowed_fallback(|| async { Refusal::new(Reason::RequestMethod) })
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .layer(middleware::from_fn(refusal::render))
        .layer(middleware::from_fn_with_state(Arc::clone(&origin), record))
        .with_state(origin)
}

async fn ready(State(origin): State<Arc<Origin>>) -> Result<&'static str, Refusal> {
    let ping = origin.store.ping().await;
    ping.map_err(|error| Refusal::failed(Reason::StorageUnavailable, error))?;
    Ok("ok")
}

async fn metrics(State(origin): State<Arc<Origin>>) -> Result<Response, Refusal> {
    let figures = origin.store.figures().await;
    let figures = figures.map_err(|error| Refusal::failed(Reason::StorageUnavailable, error))?;
    let (commits, failures) = (origin.store.commits(), origin.failures.counts());
    let page = origin.counters.page(&figures, commits, &failures);
    Ok(([(CONTENT_TYPE, metrics::MEDIA_TYPE)], page).into_response())
}

/// A line a request: the route, never the address, which holds report numbers.
async fn record(State(origin): State<Arc<Origin>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let refusal = response.extensions().get::<Refusal>().map(Refusal::reason);
    if let Some(reason) = refusal {
        origin.counters.refused(reason);
    }
    tracing::info!(
        %method,
        route = route.as_ref().map_or("", MatchedPath::as_str),
        status = response.status().as_u16(),
        code = refusal.map_or("", Reason::code),
        millis = started.elapsed().as_secs_f64() * 1e3,
        "request"
    );
    response
}

/// One JSON object a line. `RUST_LOG` filters; what is logged holds no personal data at any level.
fn log_to_stdout() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // Where the process has a subscriber already, it keeps it.
    let _kept = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .try_init();
}

async fn told(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is the same.
    let _gone = stopped.changed().await;
}

/// Ctrl-C, or the system's request to end.
async fn interrupted() {
    #[cfg(unix)]
    if let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _signal = tokio::signal::ctrl_c().await;
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Config(error) => error.fmt(f),
            StartError::Keys(error) => error.fmt(f),
            StartError::Municipality(error) => error.fmt(f),
            StartError::Store(error) => error.fmt(f),
            StartError::Data(error) => write!(f, "the data folder cannot be used: {error}"),
            StartError::Client(error) => write!(f, "the edge cannot be called: {error}"),
            StartError::Messages(error) => error.fmt(f),
            StartError::Listen { address, error } => {
                write!(
                    f,
                    "cannot listen on {address}: {error}; stop what does, or change `listen`"
                )
            }
            StartError::Ended(error) => write!(f, "the origin ended: {error}"),
        }
    }
}

impl std::error::Error for StartError {}
