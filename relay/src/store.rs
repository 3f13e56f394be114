//! The one thread that owns the database.
//!
//! SQLite has one writer and its calls block, so everything that touches the file is a job for this thread, taken in
//! order from a bounded queue: a full queue makes the connections wait, and through them the peers. A job that has
//! returned has committed.

use std::fmt;
use std::thread::JoinHandle;

use svod_shared::storage::StorageError;
use tokio::sync::{mpsc, oneshot, watch};
use tracing::error;

use crate::db::Db;

/// Jobs that may wait; each connection has at most one.
const JOBS_MAX: usize = 64;

type Job = Box<dyn FnOnce(&mut Db) + Send>;

/// A handle to the thread.
#[derive(Clone)]
pub struct Store {
    /// `None` ends the thread.
    jobs: mpsc::Sender<Option<Job>>,
    damage: watch::Sender<Option<&'static str>>,
}

impl Store {
    /// Gives the database to a thread of its own.
    pub fn start(mut db: Db) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (jobs, mut queue) = mpsc::channel::<Option<Job>>(JOBS_MAX);
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            while let Some(Some(job)) = queue.blocking_recv() {
                job(&mut db);
            }
        })?;
        Ok((Self { jobs, damage: watch::Sender::new(None) }, thread))
    }

    /// Runs a job and waits for its result. The job is done even if nobody waits any more.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Db) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let (sender, result) = oneshot::channel();
        let job: Job = Box::new(move |db| drop(sender.send(job(db))));
        self.jobs.send(Some(job)).await.map_err(|_| stopped())?;
        let result = result.await.map_err(|_| stopped())?;
        if let Err(StorageError::Damaged(what)) = &result {
            error!(what, "stored data is damaged");
            self.damage.send_replace(Some(what));
        }
        result
    }

    /// Ends the thread after the jobs that are queued, and closes the database; later jobs fail.
    pub async fn stop(&self) {
        // A thread that has ended already has no queue.
        let _ = self.jobs.send(None).await;
    }

    /// Becomes a text once damage has been met: the relay must not go on.
    pub fn damage(&self) -> watch::Receiver<Option<&'static str>> {
        self.damage.subscribe()
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("room", &self.jobs.capacity()).finish_non_exhaustive()
    }
}

/// The thread is gone: it has panicked, which is a bug, and nothing can be stored any more.
fn stopped() -> StorageError {
    StorageError::Database("the store's thread has stopped".into())
}
