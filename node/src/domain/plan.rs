//! A roadmap: sections, and items as the printed table has them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use svod_shared::id::{ChangeHash, DocId};

use super::field::{Field, Variant};

/// Names a row of a plan: base32 of a hash that only one change in the world can produce. The printed number is text
/// and not identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowId(pub String);

/// A field of the plan itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PlanField {
    /// «Дорожная карта проекта …».
    Title,
    /// The window as printed, «2021-23г.г.».
    Period,
    /// The key of the form it is printed in; form D where it is absent.
    Form,
    /// Who approves it, line by line, for the block «УТВЕРЖДАЮ».
    Approval,
}

/// A field of a row. Sections use `Number`, `Title` and `Order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ItemField {
    /// As printed: «4.7».
    Number,
    /// What is done.
    Title,
    /// «Вебинар», «Конкурс»; forms A–C print it.
    Form,
    /// The term verbatim; parsed by `super::schedule`.
    Term,
    /// «Целевая аудитория».
    Audience,
    /// «Ответственный».
    Responsible,
    /// The expected result.
    Result,
    /// The row id of the section it stands in.
    Section,
    /// A fractional index among its siblings.
    Order,
    /// «Задача»; form A prints it.
    Task,
    /// «Наименование организации»; form B prints it.
    Organisations,
    /// «Муниципалитет»; form B prints it.
    Municipalities,
    /// What a loaded table had in columns that no form has.
    Note,
    /// Which questions about the item were answered with «так и надо»; see [`super::lint`].
    Accepted,
}

/// What became of a row that somebody deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deletion {
    /// Nobody did.
    #[default]
    Present,
    /// The mark has seen everything that stands in the row; its value is the reason.
    Deleted(Variant),
    /// Somebody edited the row without having seen the mark: the edit keeps the row.
    Contested {
        /// The marks, whose values are the reasons.
        marks: Vec<Variant>,
        /// The changes that the marks had not seen.
        edits: Vec<ChangeHash>,
    },
}

/// A section or stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its row.
    pub row: RowId,
    /// Its fields.
    pub fields: BTreeMap<ItemField, Field>,
    /// Whether it was deleted.
    pub deletion: Deletion,
    /// Its items in order, deleted ones left out.
    pub items: Vec<Item>,
}

/// An item of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its row.
    pub row: RowId,
    /// Its fields; one that was never written is absent.
    pub fields: BTreeMap<ItemField, Field>,
    /// Whether it was deleted.
    pub deletion: Deletion,
}

/// A roadmap as its document gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its document.
    pub id: DocId,
    /// The plan's own fields.
    pub fields: BTreeMap<PlanField, Field>,
    /// Sections in order, deleted ones left out. Items of a section that is gone stand in the last one, which then has
    /// an empty title.
    pub sections: Vec<Section>,
    /// Deleted items, to be restored in one action.
    pub deleted: Vec<Item>,
}

impl ItemField {
    /// All of them, in the order of form D and then the rest.
    pub const ALL: [Self; 14] = [
        Self::Number,
        Self::Title,
        Self::Term,
        Self::Audience,
        Self::Responsible,
        Self::Form,
        Self::Result,
        Self::Task,
        Self::Organisations,
        Self::Municipalities,
        Self::Note,
        Self::Section,
        Self::Order,
        Self::Accepted,
    ];

    /// Those that people type, in the order in which forms offer them.
    pub const TYPED: [Self; 11] = [
        Self::Number,
        Self::Title,
        Self::Term,
        Self::Audience,
        Self::Responsible,
        Self::Form,
        Self::Result,
        Self::Task,
        Self::Organisations,
        Self::Municipalities,
        Self::Note,
    ];

    /// The key in the document and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Title => "title",
            Self::Form => "form",
            Self::Term => "term",
            Self::Audience => "audience",
            Self::Responsible => "responsible",
            Self::Result => "result",
            Self::Section => "section",
            Self::Order => "order",
            Self::Task => "task",
            Self::Organisations => "organisations",
            Self::Municipalities => "municipalities",
            Self::Note => "note",
            Self::Accepted => "accepted",
        }
    }

    /// The field of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }
}

impl PlanField {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Title, Self::Period, Self::Form, Self::Approval];

    /// The key in the document and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Period => "period",
            Self::Form => "form",
            Self::Approval => "approval",
        }
    }

    /// The field of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }
}

/// A field that was never written.
static ABSENT: Field = Field { shown: None, others: Vec::new() };

impl Section {
    /// One of its fields.
    pub fn field(&self, field: ItemField) -> &Field {
        self.fields.get(&field).unwrap_or(&ABSENT)
    }

    /// The shown value of one of its fields.
    pub fn text(&self, field: ItemField) -> &str {
        self.field(field).text()
    }
}

impl Item {
    /// One of its fields.
    pub fn field(&self, field: ItemField) -> &Field {
        self.fields.get(&field).unwrap_or(&ABSENT)
    }

    /// The shown value of one of its fields.
    pub fn text(&self, field: ItemField) -> &str {
        self.field(field).text()
    }
}

impl Plan {
    /// One of the plan's own fields.
    pub fn field(&self, field: PlanField) -> &Field {
        self.fields.get(&field).unwrap_or(&ABSENT)
    }

    /// The shown value of one of the plan's own fields.
    pub fn text(&self, field: PlanField) -> &str {
        self.field(field).text()
    }

    /// The items that stand in the plan, in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|it| &it.items)
    }

    /// One item, deleted or not.
    pub fn item(&self, row: &RowId) -> Option<&Item> {
        self.items().chain(&self.deleted).find(|it| it.row == *row)
    }
}
