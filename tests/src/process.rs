//! A child process whose words are kept, and that never outlives its value.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::wait::wait_until;

/// A running program.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    out: Lines,
    err: Lines,
    readers: Vec<JoinHandle<()>>,
}

/// What a program said and how it ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Its end.
    pub status: ExitStatus,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

/// Lines as they come, shared with the thread that reads them.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

/// A command with nothing of this machine in its environment but the search path and what shows its inner life; it
/// speaks Russian.
pub fn command(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir(home);
    command.env("HOME", home).env("TMPDIR", home).env("TZ", "UTC").env("LANG", "ru_RU.UTF-8");
    // On Windows sockets do not open without `SystemRoot`.
    for name in ["PATH", "SystemRoot", "RUST_BACKTRACE", "SVOD_LOG", "SVOD_RELAY_LOG"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

impl Process {
    /// Starts a program; `name` is what failures call it.
    pub fn start(name: &str, mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let (out, err) = (Lines::default(), Lines::default());
        let readers = vec![
            out.clone().read(child.stdout.take().expect("stdout is piped")),
            err.clone().read(child.stderr.take().expect("stderr is piped")),
        ];
        Self { name: name.to_owned(), child, out, err, readers }
    }

    /// Waits for a line on standard output of which `find` makes something.
    pub fn wait_out<T>(&mut self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let out = self.out.clone();
        self.wait_line(what, &out, find)
    }

    /// Waits for a line on standard error of which `find` makes something.
    pub fn wait_err<T>(&mut self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let err = self.err.clone();
        self.wait_line(what, &err, find)
    }

    fn wait_line<T>(&mut self, what: &str, lines: &Lines, find: impl Fn(&str) -> Option<T>) -> T {
        wait_until(&format!("{} says {what}", self.name), || {
            let ended = self.child.try_wait().expect("a child can be asked");
            if let Some(found) = lines.all().iter().find_map(|line| find(line)) {
                return Ok(found);
            }
            if let Some(status) = ended {
                self.join_readers();
                if let Some(found) = lines.all().iter().find_map(|line| find(line)) {
                    return Ok(found);
                }
                panic!("{} ended ({status}) without saying {what}:\n{}", self.name, self.said());
            }
            Err(self.said())
        })
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Ended {
        let status = wait_until(&format!("{} ends", self.name), || {
            self.child.try_wait().expect("a child can be asked").ok_or_else(|| self.said())
        });
        self.join_readers();
        Ended { status, out: self.out.text(), err: self.err.text() }
    }

    /// Asks it to end and waits until it has.
    #[cfg(unix)]
    pub fn terminate(self) -> Ended {
        // The shell's own `kill` needs no package that a bare system lacks.
        let script = format!("kill -TERM {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &script]).status().expect("a shell starts");
        assert!(sent.success(), "{} cannot be told to end: {sent}", self.name);
        self.wait()
    }

    /// Ends it without a word, as a power cut does.
    pub fn kill(mut self) -> Ended {
        self.child.kill().expect("one's own child can be killed");
        self.wait()
    }

    /// The system's number for it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything it has said so far.
    pub fn said(&self) -> String {
        format!("--- stdout\n{}--- stderr\n{}", self.out.text(), self.err.text())
    }

    fn join_readers(&mut self) {
        for reader in self.readers.drain(..) {
            reader.join().expect("a reader does not panic");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both are no-ops for a child that has ended and was waited for.
        drop(self.child.kill());
        drop(self.child.wait());
        if thread::panicking() {
            crate::say(&format!("{} said:\n{}", self.name, self.said()));
        }
    }
}

impl Lines {
    fn read(self, from: impl Read + Send + 'static) -> JoinHandle<()> {
        thread::spawn(move || {
            let lines = BufReader::new(from).split(b'\n').map_while(Result::ok);
            for line in lines {
                let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
                self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        })
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn text(&self) -> String {
        self.all().iter().map(|line| format!("{line}\n")).collect()
    }
}

/// Runs a program to its end.
pub fn run<I: AsRef<OsStr>>(program: &Path, home: &Path, args: impl IntoIterator<Item = I>) -> Ended {
    let mut command = command(program, home);
    command.args(args);
    let name = format!("{command:?}");
    Process::start(&name, command).wait()
}

impl Ended {
    /// Its output, if it ended well.
    pub fn expect_success(self, what: &str) -> String {
        assert!(self.status.success(), "{what} failed ({}):\n{}{}", self.status, self.out, self.err);
        self.out
    }
}
