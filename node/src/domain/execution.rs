//! What one organisation says of its execution of a plan's items, in a document that only it can write.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use svod_shared::id::{DocId, OrgNo};

use super::field::Field;
use super::plan::RowId;

/// How far the execution is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Nothing was said yet.
    #[default]
    Planned,
    /// Under way.
    InProgress,
    /// Done.
    Done,
    /// Done in part.
    Partially,
    /// Moved to another date; the comment says why.
    Moved,
    /// Given up; the comment says why.
    Cancelled,
    /// The condition of a conditional item did not occur.
    NotApplicable,
}

/// A field of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ExecutionField {
    /// A [`Status`] by its key.
    Status,
    /// ISO date: when it was done, or where it was moved to.
    Date,
    /// The obtained result, with its evidence.
    Result,
    /// A remark; the reason of what is overdue, moved or cancelled.
    Comment,
}

/// The execution of one item by one organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// Its fields; one that was never written is absent.
    pub fields: BTreeMap<ExecutionField, Field>,
}

/// The executions of a plan by one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionSheet {
    /// The sheet's document.
    pub id: DocId,
    /// The plan whose rows it is about.
    pub plan: DocId,
    /// The organisation that writes it.
    pub org: OrgNo,
    /// By row.
    pub rows: BTreeMap<RowId, Execution>,
}

impl Status {
    /// All of them, in the order a form offers them.
    pub const ALL: [Self; 7] = [
        Self::Planned,
        Self::InProgress,
        Self::Done,
        Self::Partially,
        Self::Moved,
        Self::Cancelled,
        Self::NotApplicable,
    ];

    /// The value in the document and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InProgress => "in-progress",
            Self::Done => "done",
            Self::Partially => "partially",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
            Self::NotApplicable => "not-applicable",
        }
    }

    /// The status of a key; a value of a wrong type reads as absent.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }
}

impl ExecutionField {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Status, Self::Date, Self::Result, Self::Comment];

    /// The key in the document and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Date => "date",
            Self::Result => "result",
            Self::Comment => "comment",
        }
    }

    /// The field of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }
}

/// A field that was never written.
static ABSENT: Field = Field { shown: None, others: Vec::new() };

impl Execution {
    /// One of its fields.
    pub fn field(&self, field: ExecutionField) -> &Field {
        self.fields.get(&field).unwrap_or(&ABSENT)
    }

    /// The shown value of one of its fields.
    pub fn text(&self, field: ExecutionField) -> &str {
        self.field(field).text()
    }

    /// The status that stands now.
    pub fn status(&self) -> Status {
        Status::of_key(self.text(ExecutionField::Status)).unwrap_or_default()
    }
}
