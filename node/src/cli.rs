//! The command line as clap reads it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::civil::Date;

use crate::domain::form::FormKind;
use crate::i18n::Lang;

pub mod members;

use self::members::{Computer, Evidence, Lead, Member};

/// Svod: the plans of a network of methodological centres, offline first
#[derive(Debug, Parser)]
#[command(name = "svod", version)]
pub struct Cli {
    /// Data folder of the node
    #[arg(long, global = true, env = "SVOD_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Language of messages: ru or en
    #[arg(long, global = true, env = "SVOD_LANG", value_parser = language, value_name = "LANG")]
    pub lang: Option<Lang>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a node: of the lead, which founds the network, or of a member
    Init(Init),
    /// Invite an organisation: prints a ticket
    Invite(Invite),
    /// Say where the relay is; the lead's node only
    Relay(Relay),
    /// Who belongs to the network, and what the lead decides about it
    #[command(subcommand)]
    Member(Member),
    /// Computers of members
    #[command(subcommand)]
    Computer(Computer),
    /// The lead and its keys
    #[command(subcommand)]
    Lead(Lead),
    /// Write what was refused or held, with the signed bytes, as one file
    Evidence(Evidence),
    /// Exclude a change that endangers nodes, for ever; the lead's node only
    Exclude(Exclude),
    /// Join a network with a ticket
    Join(Join),
    /// Run the node and its pages
    Serve(Serve),
    /// Exchange once, now
    Exchange(Exchange),
    /// Exchange by file: a flash drive, an e-mail
    #[command(subcommand)]
    Packet(Packet),
    /// Admit a newcomer whose request came as a file; the lead's node only
    Admit(Admit),
    /// Show what the node has
    Status(Status),
    /// Load plans from a table (.docx, .xlsx, .xls, .ods, .odt, .csv)
    Import(Import),
    /// Write a plan as a table (.docx, .xlsx, .csv)
    Export(Export),
    /// Write the consolidated report, or freeze, sign and write the joint one
    Report(Report),
    /// Verify a report file with nothing but the file: no data folder, no network
    Verify(Verify),
    /// Write a backup into one file; also while the node is served
    Backup(Backup),
    /// Make a node from a backup, in a new folder
    Restore(Restore),
    /// Make all views again from the log
    Rebuild,
    /// Verify every entry of the log, and drop what is damaged of others
    Check(Check),
    /// Play a network of five centres on this machine
    #[cfg(feature = "demo")]
    Demo(Demo),
}

/// `svod init`
#[derive(Debug, Args)]
pub struct Init {
    /// Found a network
    #[arg(long, required_unless_present = "member", conflicts_with = "member", requires = "network")]
    pub lead: bool,
    /// Prepare a member's node; join with a ticket next
    #[arg(long)]
    pub member: bool,
    /// Name of the network
    #[arg(long)]
    pub network: Option<String>,
    /// The order or agreement by which the network is founded
    #[arg(long, requires = "lead")]
    pub basis: Option<String>,
    /// Organisation and computer
    #[command(flatten)]
    pub names: Names,
    /// Where the relay listens, HOST:PORT; several times for several addresses
    #[arg(long, requires = "relay_key")]
    pub relay: Vec<String>,
    /// The relay's key, as `svod-relay key` prints it
    #[arg(long)]
    pub relay_key: Option<String>,
}

/// How an organisation and its computer are called.
#[derive(Debug, Clone, Args)]
pub struct Names {
    /// Full name of the organisation
    #[arg(long)]
    pub name: Option<String>,
    /// Short name, for the heads of columns
    #[arg(long)]
    pub short: Option<String>,
    /// Which computer this is
    #[arg(long)]
    pub label: Option<String>,
}

/// `svod invite`
#[derive(Debug, Args)]
pub struct Invite {
    /// Name of the invited organisation
    pub name: String,
    /// The agreement or order behind it
    #[arg(long, default_value = "")]
    pub basis: String,
}

/// `svod exclude`
#[derive(Debug, Args)]
pub struct Exclude {
    /// The change, by the 64 digits of its hash
    pub change: String,
    /// Why
    #[arg(long)]
    pub basis: String,
}

/// `svod relay`
#[derive(Debug, Args)]
pub struct Relay {
    /// Where it listens, HOST:PORT; several in the order of preference
    #[arg(required = true)]
    pub addresses: Vec<String>,
    /// Its key, as `svod-relay key` prints it
    #[arg(long)]
    pub key: String,
    /// The order or agreement by which it moves
    #[arg(long, default_value = "")]
    pub basis: String,
}

/// `svod join`
#[derive(Debug, Args)]
pub struct Join {
    /// The ticket; spaces and line breaks do no harm
    #[arg(required = true, num_args = 1..)]
    pub ticket: Vec<String>,
    /// Organisation and computer
    #[command(flatten)]
    pub names: Names,
    /// Join as a further computer of an organisation whose key file this is
    #[arg(long, value_name = "FILE")]
    pub org_key: Option<PathBuf>,
    /// Keep the request and do not wait for the lead's answer
    #[arg(long)]
    pub no_wait: bool,
    /// Write the request as a file too, for the lead's `svod admit`, and do not wait
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `svod packet`
#[derive(Debug, Subcommand)]
pub enum Packet {
    /// Write what a member lacks as a file
    Write(PacketWrite),
    /// Take what a member wrote
    Read(PacketRead),
}

/// `svod packet write`
#[derive(Debug, Args)]
pub struct PacketWrite {
    /// For which organisation, by its full or short name; for everybody if nothing is said
    #[arg(long = "for", value_name = "NAME")]
    pub to: Option<String>,
    /// The file; what does not fit one becomes NAME.1of3.svod and so on
    #[arg(long)]
    pub out: PathBuf,
    /// The most megabytes of one file
    #[arg(long, value_name = "MB", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=60))]
    pub max_size: u16,
}

/// `svod packet read`
#[derive(Debug, Args)]
pub struct PacketRead {
    /// The files, in any order
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Say what they would bring, and keep nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `svod admit`
#[derive(Debug, Args)]
pub struct Admit {
    /// The request, as `svod join --out` wrote it
    pub file: PathBuf,
    /// The answer: a packet with everything, for the newcomer's `svod packet read`
    #[arg(long)]
    pub out: PathBuf,
}

/// `svod serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Where the pages are served; loopback only
    #[arg(long, default_value = "127.0.0.1:7380", env = "SVOD_LISTEN")]
    pub listen: SocketAddr,
    /// Do not open the browser
    #[arg(long)]
    pub no_browser: bool,
}

/// `svod exchange`
#[derive(Debug, Args)]
pub struct Exchange {
    /// Give up after so many seconds
    #[arg(long, default_value_t = 60)]
    pub timeout: u64,
}

/// `svod status`
#[derive(Debug, Args)]
pub struct Status {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

fn form_kind(text: &str) -> Result<FormKind, String> {
    FormKind::of_key(text).ok_or_else(|| "a, b, c, d".to_owned())
}

/// `svod import`
#[derive(Debug, Args)]
pub struct Import {
    /// The table
    pub file: PathBuf,
}

/// `svod export`
#[derive(Debug, Args)]
pub struct Export {
    /// Which plan, by id; not needed where there is one
    #[arg(long)]
    pub plan: Option<String>,
    /// Which of the printed forms, a to d; the plan's own by itself
    #[arg(long, value_parser = form_kind)]
    pub form: Option<FormKind>,
    /// The file; its ending says the format
    #[arg(long)]
    pub out: PathBuf,
}

/// `svod report`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Report {
    /// What to do with the joint report
    #[command(subcommand)]
    pub command: Option<ReportCommand>,
    /// Which plan, by id; not needed where there is one
    #[arg(long)]
    pub plan: Option<String>,
    /// Half-year: 2022-1 or 2022-2; this one if nothing is said
    #[arg(long, conflicts_with_all = ["from", "to"])]
    pub half: Option<String>,
    /// First day
    #[arg(long, requires = "to")]
    pub from: Option<Date>,
    /// Last day
    #[arg(long, requires = "from")]
    pub to: Option<Date>,
    /// The day whose state is shown
    #[arg(long)]
    pub today: Option<Date>,
    /// Folder for report.docx, report.xlsx and report.html
    #[arg(long, required = true)]
    pub out: Option<PathBuf>,
}

/// The joint report of figures.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Freeze it: from then on it never changes; the lead's node only
    Freeze {
        /// Of which campaign
        #[command(flatten)]
        of: ReportOf,
        /// The lead's text before the table
        #[arg(long, default_value = "")]
        preface: String,
        /// Write the file too
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Sign it for this organisation
    Sign {
        /// Of which campaign
        #[command(flatten)]
        of: ReportOf,
        /// Which edition; the newest if nothing is said
        #[arg(long)]
        edition: Option<u32>,
        /// Sign with an opinion of one's own
        #[arg(long, value_name = "TEXT")]
        opinion: Option<String>,
    },
    /// Write its file, with the signatures that are here
    File {
        /// Of which campaign
        #[command(flatten)]
        of: ReportOf,
        /// Which edition; the newest if nothing is said
        #[arg(long)]
        edition: Option<u32>,
        /// The file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Which joint report.
#[derive(Debug, Args)]
pub struct ReportOf {
    /// The period: 2022-H1, 2022-Q3, 2022-05, 2021/22 or 2022; the newest if nothing is said
    #[arg(long)]
    pub period: Option<String>,
}

/// `svod verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// The report file
    pub file: PathBuf,
    /// The code of the lead's key, from paper or by telephone
    #[arg(long, value_name = "CODE")]
    pub lead_words: Option<String>,
}

/// `svod backup`
#[derive(Debug, Args)]
pub struct Backup {
    /// The file
    #[arg(long)]
    pub out: PathBuf,
    /// With the secret keys: keep such a file like the organisation's seal
    #[arg(long)]
    pub with_keys: bool,
}

/// `svod restore`
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup
    pub file: PathBuf,
    /// Folder with the key files, if the backup holds none
    #[arg(long, value_name = "DIR")]
    pub keys: Option<PathBuf>,
}

/// `svod check`
#[derive(Debug, Args)]
pub struct Check {
    /// Only look: drop nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `svod demo`
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub struct Demo {
    /// End after the report instead of serving the five nodes
    #[arg(long, requires = "out")]
    pub once: bool,
    /// Folder for the report and summary.json
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// The day on which the story is told
    #[arg(long, default_value = "2022-03-17")]
    pub today: Date,
    /// Do not open the browser
    #[arg(long)]
    pub no_browser: bool,
}

fn language(text: &str) -> Result<Lang, String> {
    Lang::of_tag(text).ok_or_else(|| "ru, en".to_owned())
}
