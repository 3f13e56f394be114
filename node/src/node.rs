//! The node as the rest of the program holds it: a handle to the thread that owns the [`Store`].
//!
//! Jobs run one after another on that thread, so that a page, a save and an arriving pack never meet in the middle of a
//! transaction. After each job what is new is broadcast: to the session with the relay, and to open pages.

use std::sync::Arc;
use std::thread;

use svod_shared::letter::LetterRefusal;
use svod_shared::storage::StorageError;
use svod_shared::transport::{Status, Update};
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};

use crate::store::{CommandError, FigureError, PacketFailure, Store};

mod figures;
mod host;
mod pages;

pub(crate) use pages::trouble_key;

/// How many jobs may wait for the store; callers wait beyond that.
const JOBS_MAX: usize = 256;
/// How many updates a slow session may lag behind before it has to begin anew.
const UPDATES_MAX: usize = 1024;

/// A handle to a running node. Cheap to clone; the store closes when the last one is dropped.
#[derive(Debug, Clone)]
pub struct Node {
    jobs: mpsc::Sender<Job>,
    updates: broadcast::Sender<Update>,
    changed: broadcast::Sender<()>,
    link: watch::Sender<Status>,
    join_refused: watch::Sender<Option<LetterRefusal>>,
    hurry: Arc<Notify>,
    person: Option<Arc<str>>,
}

type Job = Box<dyn FnOnce(&mut Store) + Send>;

/// Why the node could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The store has stopped.
    #[error("the node is closing")]
    Closed,
    /// The command cannot be carried out.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// Figures were not taken.
    #[error(transparent)]
    Figures(#[from] FigureError),
    /// A packet was not written or not taken.
    #[error(transparent)]
    Packet(#[from] PacketFailure),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl NodeError {
    /// The key of a sentence in the catalogue that says what happened and what to do.
    pub fn message_key(&self) -> String {
        match self {
            Self::Closed => "error-closed".to_owned(),
            Self::Command(error) => error.message_key().to_owned(),
            Self::Figures(error) => error.message_key().to_owned(),
            Self::Packet(error) => error.message_key().to_owned(),
            Self::Storage(StorageError::Full) => "error-disk-full".to_owned(),
            Self::Storage(StorageError::Damaged(_)) => "error-damaged".to_owned(),
            Self::Storage(StorageError::FromFuture) => "error-from-future".to_owned(),
            Self::Storage(StorageError::Database(_)) => "error-database".to_owned(),
        }
    }
}

impl Node {
    /// Starts the thread that owns `store`.
    pub fn start(mut store: Store) -> Self {
        let (jobs, mut queue) = mpsc::channel::<Job>(JOBS_MAX);
        let node = Self {
            jobs,
            updates: broadcast::Sender::new(UPDATES_MAX),
            changed: broadcast::Sender::new(16),
            link: watch::Sender::new(Status::default()),
            join_refused: watch::Sender::new(None),
            hurry: Arc::new(Notify::new()),
            person: None,
        };
        let (updates, changed) = (node.updates.clone(), node.changed.clone());
        thread::spawn(move || {
            while let Some(job) = queue.blocking_recv() {
                job(&mut store);
                let news = store.take_updates();
                if !news.is_empty() {
                    // Nobody listening is no error: the log has it, and a later session reads it from there.
                    news.into_iter().for_each(|update| drop(updates.send(update)));
                    drop(changed.send(()));
                }
            }
        });
        node
    }

    /// The same node, whose edits say that `person` wrote them.
    pub fn for_person(&self, person: Arc<str>) -> Self {
        Self { person: Some(person), ..self.clone() }
    }

    /// Runs `job` on the store's thread and gives back its answer.
    pub async fn run<T, E>(
        &self,
        job: impl FnOnce(&mut Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, NodeError>
    where
        T: Send + 'static,
        E: Into<NodeError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let person = self.person.clone();
        let job: Job = Box::new(move |store| {
            store.write_for(person);
            drop(answer.send(job(store)));
        });
        self.jobs.send(job).await.map_err(|_| NodeError::Closed)?;
        answered.await.map_err(|_| NodeError::Closed)?.map_err(Into::into)
    }

    /// Tells open pages to look again.
    pub fn touch(&self) {
        drop(self.changed.send(()));
    }

    /// How the link to the relay stands, as the dialer reports it.
    pub fn link(&self) -> &watch::Sender<Status> {
        &self.link
    }

    /// What the lead has said to this newcomer's letter, if it refused it.
    pub fn join_refused(&self) -> &watch::Sender<Option<LetterRefusal>> {
        &self.join_refused
    }

    /// Ends the dialer's waiting time.
    pub fn hurry(&self) -> &Arc<Notify> {
        &self.hurry
    }
}
