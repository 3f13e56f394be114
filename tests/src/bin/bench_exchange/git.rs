//! git as a user would take it: one JSON file a document, fetched over git's own protocol. The edits are one commit,
//! which keeps the last values alone, or a commit each, which keeps as much as the others do.
//!
//! Bytes are counted by a proxy between `git fetch` and `git daemon`; the time is that of both processes.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::clock::of_children;
use crate::corpus::{Corpus, News};
use crate::{Cost, Failure};

/// A repository with a file for every document, and a clone of it.
pub(crate) struct Repository {
    folder: TempDir,
}

#[derive(Default)]
struct Counted {
    up: u64,
    down: u64,
    turns: u64,
    upwards: bool,
}

impl Repository {
    pub(crate) fn of(corpus: &Corpus) -> Result<Self, Failure> {
        let it = Self { folder: TempDir::new()? };
        run(it.git(".").args(["init", "-q", "--bare", "server.git"]))?;
        let files = (0..corpus.documents.len()).map(|place| (place, corpus.json(place, &[])));
        it.commits("base", None, std::iter::once(files.collect()))?;
        run(it.git(".").args(["clone", "-q", "--bare", "server.git", "caller.git", "--branch", "base"]))?;
        Ok(it)
    }

    /// The clone takes what the repository has since, each edit a commit or all of them one.
    pub(crate) fn fetch(&self, corpus: &Corpus, news: &News, each: bool) -> Result<Cost, Failure> {
        let mut steps = BTreeMap::<usize, Vec<usize>>::new();
        let mut commits = Vec::new();
        for change in &news.changes {
            let steps = steps.entry(change.document).or_default();
            steps.push(change.step);
            commits.push(vec![(change.document, corpus.json(change.document, steps))]);
        }
        if !each && !commits.is_empty() {
            // The last version of every file.
            commits = vec![BTreeMap::from_iter(commits.into_iter().flatten()).into_iter().collect()];
        }
        self.commits("base", Some("news"), commits.into_iter())?;
        let caller = self.folder.path().join("fetching.git");
        if caller.exists() {
            std::fs::remove_dir_all(&caller)?;
        }
        run(self.git(".").args(["clone", "-q", "--bare", "--single-branch", "caller.git", "fetching.git"]))?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("git://{}/server.git", listener.local_addr()?);
        let counted = Arc::new(Mutex::new(Counted::default()));
        let served = thread::spawn({
            let (counted, folder) = (Arc::clone(&counted), self.folder.path().to_owned());
            move || serve(&listener, &folder, &counted)
        });
        let before = of_children();
        run(self.git("fetching.git").args(["fetch", "-q", &url, "+refs/heads/news:refs/heads/news"]))?;
        served.join().map_err(|_| "the proxy has failed")??;
        let cpu =
            of_children().zip(before).map_or(Duration::ZERO, |(now, before)| now.saturating_sub(before));
        let counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Cost { up: counted.up, down: counted.down, turns: counted.turns, cpu })
    }

    fn git(&self, folder: &str) -> Command {
        git(&self.folder.path().join(folder))
    }

    /// Commits on `base`, or after it on another branch; each of these files.
    fn commits(
        &self,
        base: &str,
        branch: Option<&str>,
        commits: impl Iterator<Item = Vec<(usize, String)>>,
    ) -> Result<(), Failure> {
        let mut child = self
            .git("server.git")
            .args(["fast-import", "--quiet", "--force"])
            .stdin(Stdio::piped())
            .spawn()?;
        let mut input = std::io::BufWriter::new(child.stdin.take().ok_or("no input")?);
        let name = branch.unwrap_or(base);
        // Without a commit of its own the other branch is the same as the base.
        writeln!(input, "reset refs/heads/{name}")?;
        if branch.is_some() {
            writeln!(input, "from refs/heads/{base}^0\n")?;
        }
        for files in commits {
            writeln!(input, "commit refs/heads/{name}\ncommitter Svod <> 1780000000 +0000\ndata 4\nnews")?;
            for (place, text) in files {
                writeln!(input, "M 100644 inline doc{place:05}.json\ndata {}\n{text}", text.len())?;
            }
        }
        drop(input);
        expect(child)
    }
}

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder);
    command.stdout(Stdio::null());
    command
}

fn run(command: &mut Command) -> Result<(), Failure> {
    expect(command.spawn()?)
}

fn expect(mut child: Child) -> Result<(), Failure> {
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(format!("git has failed: {status}").into()) }
}

/// Serves one connection by `git daemon`.
fn serve(listener: &TcpListener, folder: &Path, counted: &Arc<Mutex<Counted>>) -> std::io::Result<()> {
    let (caller, _) = listener.accept()?;
    let mut daemon = git(folder)
        .args(["daemon", "--inetd", "--export-all", "--base-path=."])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (input, output) = (daemon.stdin.take(), daemon.stdout.take());
    let (from, there) = (caller.try_clone()?, Arc::clone(counted));
    let upwards = thread::spawn(move || input.map(|input| carry(from, input, &there, true)));
    if let Some(output) = output {
        carry(output, caller.try_clone()?, counted, false)?;
    }
    shut(&caller);
    let _ = upwards.join();
    daemon.wait().map(drop)
}

fn shut(stream: &TcpStream) {
    // The other side may have closed first.
    let _ = stream.shutdown(Shutdown::Both);
}

fn carry(
    mut from: impl Read,
    mut to: impl Write,
    counted: &Mutex<Counted>,
    upwards: bool,
) -> std::io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        {
            let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
            if upwards {
                counted.up += count as u64;
                counted.turns += u64::from(!counted.upwards);
            } else {
                counted.down += count as u64;
            }
            counted.upwards = upwards;
        }
        to.write_all(buffer.get(..count).unwrap_or_default())?;
        to.flush()?;
    }
}
