//! The origin without its HTTP server: for a simulation, which carries the requests itself and holds
//! the clock. What answers, tells and lets timers take effect is to the letter what the server runs.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use tokio::sync::{mpsc, watch};
use tower_service::Service as _;

use crate::herald::Herald;
use crate::keys::Keys;
use crate::municipalities::Municipalities;
use crate::photos::PhotoFiles;
use crate::server::{Doors, StartError};
use crate::store::Store;
use crate::timers::Timers;

/// What all processes of one origin have in common.
#[derive(Clone)]
pub struct Site {
    municipalities: Arc<Municipalities>,
    keys: Keys,
    store: Store,
    photos: PhotoFiles,
    edge_url: String,
    herald: Herald,
}

/// One process of an origin. Dropped, it is killed: what it had in memory is gone, what was
/// committed is in its store.
pub struct Embedded {
    router: Router,
    herald: Herald,
    woken: watch::Receiver<()>,
    timers: Mutex<Option<(Timers, mpsc::UnboundedReceiver<String>)>>,
}

impl Site {
    /// An origin on `store` that tells the edge at `edge_url`. `photos` is a folder for them.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn of(
        municipalities: Arc<Municipalities>,
        keys: Keys,
        store: Store,
        photos: &Path,
        edge_url: &str,
    ) -> Result<Site, StartError> {
        let documents = Arc::clone(&municipalities);
        let photos = PhotoFiles::open(photos, store.vault().clone())
            .map_err(|error| StartError::Data(error.to_string()))?;
        let files = photos.clone();
        let herald = Herald::new(store.clone(), documents, keys.clone(), files, edge_url)
            .map_err(|error| StartError::Client(error.to_string()))?;
        Ok(Site {
            municipalities,
            keys,
            store,
            photos,
            edge_url: edge_url.to_owned(),
            herald,
        })
    }
}

impl Embedded {
    /// A process that has just started.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(site: &Site) -> Result<Embedded, StartError> {
        let Site {
            municipalities,
            keys,
            store,
            photos,
            edge_url,
            herald,
        } = site.clone();
        let (wake, woken) = watch::channel(());
        let timers = Timers {
            store: store.clone(),
            municipalities: Arc::clone(&municipalities),
            codes: keys.closing.clone(),
            wake: wake.clone(),
        };
        let (changed, changes) = mpsc::unbounded_channel();
        let router = Doors {
            municipalities,
            store,
            photos,
            keys,
            edge: edge_url.into(),
            wake,
            changed,
        }
        .open();
        Ok(Embedded {
            router,
            herald,
            woken,
            timers: Mutex::new(Some((timers, changes))),
        })
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        match self.router.clone().call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Tells the edge of every change, for as long as it is polled.
    pub async fn tell(&self) {
        let (_stop, stopped) = watch::channel(false);
        self.herald.clone().run(self.woken.clone(), stopped).await;
    }

    /// Lets timers take effect, for as long as it is polled; once a process.
    pub async fn keep_time(&self) {
        let timers = self.timers.lock();
        let timers = timers.unwrap_or_else(PoisonError::into_inner).take();
        if let Some((timers, changes)) = timers {
            let (_stop, stopped) = watch::channel(false);
            timers.run(changes, stopped).await;
        }
    }
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").finish_non_exhaustive()
    }
}
