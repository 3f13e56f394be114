//! The commands, one file each. They alone print: results to standard output, what went wrong to standard error.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use svod_shared::id::DocId;

use crate::cli::{Cli, Command};
use crate::folder::Folder;
use crate::i18n::{Catalog, Lang};
use crate::store::{Clock, Store};

mod admit;
mod backup;
mod check;
#[cfg(feature = "demo")]
mod demo;
mod error;
mod exchange;
mod exclude;
mod export;
mod import;
mod init;
mod invite;
mod join;
mod joint;
mod members;
mod packet;
mod relay;
mod report;
mod serve;
mod status;

pub use error::CliError;

/// What every command is given.
#[derive(Debug)]
pub struct Context {
    data: PathBuf,
    t: &'static Catalog,
}

impl Context {
    /// Reads language and folder off the command line and the environment.
    pub fn of(cli: &Cli) -> Self {
        let lang = cli.lang.unwrap_or_else(system_language);
        Self { data: cli.data.clone().unwrap_or_else(default_folder), t: Catalog::of(lang) }
    }

    /// The catalogue in the user's language.
    pub fn catalog(&self) -> &'static Catalog {
        self.t
    }

    fn open(&self) -> Result<Store, CliError> {
        Ok(Store::open(Folder::open(&self.data)?, Clock::system())?)
    }

    /// A store to read from, also while another process serves it.
    fn peek(&self) -> Result<Store, CliError> {
        Ok(Store::open(Folder::peek(&self.data)?, Clock::system())?)
    }

    fn say(&self, key: &str, args: &[(&str, crate::i18n::Arg<'_>)]) -> Result<(), CliError> {
        print(&self.t.with(key, args))
    }
}

/// Carries out a command.
pub async fn run(context: &Context, command: Command) -> Result<(), CliError> {
    match command {
        Command::Init(args) => init::run(context, args),
        Command::Invite(args) => invite::run(context, &args),
        Command::Exclude(args) => exclude::run(context, &args),
        Command::Relay(args) => relay::run(context, args),
        Command::Member(args) => members::member(context, args),
        Command::Computer(args) => members::computer(context, args),
        Command::Lead(args) => members::lead(context, args),
        Command::Evidence(args) => members::evidence(context, &args),
        Command::Join(args) => join::run(context, args).await,
        Command::Serve(args) => serve::run(context, &args).await,
        Command::Exchange(args) => exchange::run(context, &args).await,
        Command::Packet(args) => packet::run(context, &args),
        Command::Admit(args) => admit::run(context, &args),
        Command::Status(args) => status::run(context, &args),
        Command::Import(args) => import::run(context, &args),
        Command::Export(args) => export::run(context, &args),
        Command::Report(args) => match &args.command {
            Some(command) => joint::run(context, command),
            None => report::run(context, &args),
        },
        Command::Verify(args) => joint::check(context, &args),
        Command::Backup(args) => backup::run(context, &args),
        Command::Restore(args) => backup::restore(context, &args),
        Command::Rebuild => check::rebuild(context),
        Command::Check(args) => check::run(context, &args),
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(context, args).await,
    }
}

/// One line on standard output; a closed pipe is the reader's decision and no error.
fn print(line: &str) -> Result<(), CliError> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::output(error)),
        _ => Ok(()),
    }
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let fresh = path.with_extension("part");
    let written = std::fs::write(&fresh, bytes).and_then(|()| std::fs::rename(&fresh, path));
    written.map_err(|error| CliError::file(path, error))
}

/// The plan that is meant: by its id, or the only one there is.
fn plan_of(store: &Store, wanted: Option<&str>) -> Result<DocId, CliError> {
    let plans = store.plans()?;
    match (wanted, plans.as_slice()) {
        (Some(wanted), _) => {
            let found = plans.iter().find(|it| it.id.to_string() == wanted);
            found.map(|it| it.id).ok_or_else(|| CliError::key("cli-error-no-plan"))
        }
        (None, [only]) => Ok(only.id),
        (None, []) => Err(CliError::key("cli-error-no-plans")),
        (None, several) => {
            let ids: Vec<_> = several.iter().map(|it| format!("{}  {}", it.id, it.title)).collect();
            Err(CliError::key("cli-error-which-plan").arg("plans", ids.join("\n")))
        }
    }
}

/// Russian where the system says so, and where it says nothing at all: it is the language of the work.
fn system_language() -> Lang {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|it| std::env::var(it).ok());
    match said.as_deref() {
        None | Some("" | "C" | "POSIX" | "C.UTF-8") => Lang::Ru,
        Some(tag) => Lang::of_tag(tag).unwrap_or(Lang::En),
    }
}

fn default_folder() -> PathBuf {
    let var = |name: &str| std::env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    if let Some(local) = var("LOCALAPPDATA") {
        return local.join("Svod");
    }
    let share = var("XDG_DATA_HOME").or_else(|| var("HOME").map(|it| it.join(".local/share")));
    share.map_or_else(|| PathBuf::from("svod-data"), |it| it.join("svod"))
}
