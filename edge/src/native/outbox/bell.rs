//! A bell that every destination's loop hears, also one that is busy while it rings.

use tokio::sync::watch;

/// The bell.
#[derive(Debug)]
pub(crate) struct Bell(watch::Sender<()>);

/// One who listens.
#[derive(Debug)]
pub(crate) struct Ear(watch::Receiver<()>);

impl Default for Bell {
    fn default() -> Bell {
        Bell(watch::Sender::new(()))
    }
}

impl Bell {
    /// Something is to be delivered.
    pub(crate) fn ring(&self) {
        self.0.send_replace(());
    }

    /// Hears every ring from now on.
    pub(crate) fn listen(&self) -> Ear {
        Ear(self.0.subscribe())
    }
}

impl Ear {
    /// Waits until it has rung since the last time this was asked.
    pub(crate) async fn rung(&mut self) {
        // An error means that the bell is gone, and the edge with it.
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
