//! The commands about who belongs and who may, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

/// `svod member`
#[derive(Debug, Subcommand)]
pub enum Member {
    /// Show members, since when, by what act, and their computers
    List,
    /// Invite an organisation: prints a ticket
    Admit(super::Invite),
    /// Suspend a member: it neither writes nor reads until it is admitted again
    Suspend(OnMember),
    /// Remove a member that has left
    Remove(OnMember),
    /// Admit a suspended or removed member again, under its old number
    Readmit(OnMember),
    /// Accept what a member wrote after leaving
    Raise(OnMember),
}

/// `svod computer`
#[derive(Debug, Subcommand)]
pub enum Computer {
    /// Invite a further computer of a member: prints a ticket
    Add(super::Invite),
    /// Ask for another key for this computer, or answer such a request
    ReplaceKey(ReplaceKey),
    /// Close a computer that is lost or out of use
    Close(OnComputer),
}

/// `svod lead`
#[derive(Debug, Subcommand)]
pub enum Lead {
    /// Pass the lead on: the new lead writes an offer, the lead signs it
    Transfer(Transfer),
    /// Replace lost or stolen keys of the lead with the recovery key on paper
    Replace(Replace),
    /// Try a recovery key on paper without using it
    RecoveryKey,
}

/// `svod evidence`
#[derive(Debug, Args)]
pub struct Evidence {
    /// The file
    pub file: PathBuf,
}

/// The act behind a statement, and the user's consent.
#[derive(Debug, Args)]
pub struct Act {
    /// The order or agreement behind it: kind, date and number
    #[arg(long)]
    pub basis: String,
    /// From which day it holds, YYYY-MM-DD; today if nothing is said
    #[arg(long, value_name = "DATE")]
    pub from: Option<Date>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// A statement on a member.
#[derive(Debug, Args)]
pub struct OnMember {
    /// The member, by its full or short name or its number
    pub member: String,
    /// The act
    #[command(flatten)]
    pub act: Act,
}

/// A statement on a computer.
#[derive(Debug, Args)]
pub struct OnComputer {
    /// The computer, by its number as `svod member list` shows it
    pub computer: u16,
    /// The act
    #[command(flatten)]
    pub act: Act,
}

/// `svod computer replace-key`
#[derive(Debug, Args)]
pub struct ReplaceKey {
    /// On the computer that gets another key: write the request for the lead
    #[arg(long, value_name = "FILE", conflicts_with = "answer", required_unless_present = "answer")]
    pub ask: Option<PathBuf>,
    /// On the lead's computer: the request to answer
    #[arg(long, value_name = "FILE", requires_all = ["basis", "out"])]
    pub answer: Option<PathBuf>,
    /// The order or agreement behind it
    #[arg(long)]
    pub basis: Option<String>,
    /// The answer, for that computer's `svod packet read`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// `svod lead transfer`
#[derive(Debug, Args)]
pub struct Transfer {
    /// On the computer of the organisation that will lead: write the offer
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "sign",
        required_unless_present = "sign",
        requires = "basis"
    )]
    pub offer: Option<PathBuf>,
    /// On the lead's computer: the offer to sign
    #[arg(long, value_name = "FILE")]
    pub sign: Option<PathBuf>,
    /// The order behind it
    #[arg(long)]
    pub basis: Option<String>,
    /// From which day it holds, YYYY-MM-DD; today if nothing is said
    #[arg(long, value_name = "DATE")]
    pub from: Option<Date>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// `svod lead replace`
#[derive(Debug, Args)]
pub struct Replace {
    /// The last statement that is not in doubt, by its number in the history; all of them if nothing is said
    #[arg(long, value_name = "NUMBER")]
    pub after: Option<u64>,
    /// The order or report behind it
    #[arg(long)]
    pub basis: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}
