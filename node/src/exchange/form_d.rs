//! Form D, the roadmap of a network, as it is printed: five columns, section rows merged across.
//!
//! Plain text only: it is what writers of CSV, XLSX and DOCX print and what an import gives back, so that
//! `import(export(form)) == form`. Texts stand verbatim; nothing is parsed here.

use crate::domain::plan::{Item, ItemField, Plan, PlanField, Section};

/// What the columns are headed with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Header {
    /// As in the source: «Деятельность/Мероприятия/Содержание», «Сроки выполнения».
    #[default]
    Full,
    /// «Мероприятие», «Сроки».
    Short,
}

/// A roadmap ready to be printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormD {
    /// «Дорожная карта проекта …», without the period.
    pub title: String,
    /// «2021-23г.г.»; may be empty.
    pub period: String,
    /// What the columns are headed with.
    pub header: Header,
    /// In order. A section without number and title has no row of its own.
    pub sections: Vec<FormSection>,
}

/// A section with its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormSection {
    /// «1»
    pub number: String,
    /// «Организационные мероприятия»
    pub title: String,
    /// In order.
    pub rows: Vec<FormRow>,
}

/// A row, one text per column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormRow {
    /// «1.1»
    pub number: String,
    /// What is done.
    pub title: String,
    /// The term verbatim.
    pub term: String,
    /// For whom.
    pub audience: String,
    /// By whom.
    pub responsible: String,
}

impl Header {
    /// The five texts.
    pub const fn texts(self) -> [&'static str; 5] {
        match self {
            Self::Full => [
                "№",
                "Деятельность/Мероприятия/Содержание",
                "Сроки выполнения",
                "Целевая аудитория",
                "Ответственный",
            ],
            Self::Short => ["№", "Мероприятие", "Сроки", "Целевая аудитория", "Ответственный"],
        }
    }
}

impl FormD {
    /// The form of a plan as it stands now, deleted rows left out.
    pub fn from_plan(plan: &Plan, header: Header) -> Self {
        let row = |it: &Item| FormRow {
            number: it.text(ItemField::Number).to_owned(),
            title: it.text(ItemField::Title).to_owned(),
            term: it.text(ItemField::Term).to_owned(),
            audience: it.text(ItemField::Audience).to_owned(),
            responsible: it.text(ItemField::Responsible).to_owned(),
        };
        let section = |it: &Section| FormSection {
            number: it.text(ItemField::Number).to_owned(),
            title: it.text(ItemField::Title).to_owned(),
            rows: it.items.iter().map(row).collect(),
        };
        Self {
            title: plan.text(PlanField::Title).to_owned(),
            period: plan.text(PlanField::Period).to_owned(),
            header,
            sections: plan.sections.iter().map(section).collect(),
        }
    }

    /// The line above the table: the title, «на», the period.
    pub fn heading(&self) -> String {
        if self.period.is_empty() {
            self.title.clone()
        } else {
            format!("{} на {}", self.title, self.period)
        }
    }
}

impl FormSection {
    /// The text of the merged row, «1. Организационные мероприятия»; `None` if the section has no row of its own.
    pub fn heading(&self) -> Option<String> {
        match (self.number.is_empty(), self.title.is_empty()) {
            (true, true) => None,
            (true, false) => Some(self.title.clone()),
            (false, true) => Some(format!("{}.", self.number)),
            (false, false) => Some(format!("{}. {}", self.number, self.title)),
        }
    }
}

impl FormRow {
    /// The texts in the order of the columns.
    pub fn texts(&self) -> [&str; 5] {
        [&self.number, &self.title, &self.term, &self.audience, &self.responsible]
    }
}
