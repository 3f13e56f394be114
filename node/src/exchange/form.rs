//! A plan as it is printed in one of the four forms: plain texts in columns, section rows merged across.
//!
//! It is what writers of CSV, XLSX and DOCX print and what an import gives back, so that
//! `import(export(form)) == form`. Texts stand verbatim; nothing is parsed here.

use std::collections::BTreeMap;

pub use crate::domain::form::FormKind;
use crate::domain::plan::{Item, ItemField, Plan, PlanField, Section};
use crate::domain::schedule::{shift_heading, shift_names, shift_years};
use crate::i18n::Catalog;

/// What the columns are headed with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Header {
    /// As in the source: «Деятельность/Мероприятия/Содержание», «Сроки выполнения».
    #[default]
    Full,
    /// «Мероприятие», «Сроки»: of form D alone.
    Short,
}

/// A plan ready to be printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Which columns it has.
    pub kind: FormKind,
    /// What they are headed with.
    pub header: Header,
    /// «Дорожная карта проекта …», without the period.
    pub title: String,
    /// «2021-23г.г.»; may be empty.
    pub period: String,
    /// Who approves it, line by line; empty: without the block «УТВЕРЖДАЮ».
    pub approval: String,
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

/// A row: the texts of its fields. An empty text is the same as none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormRow(BTreeMap<ItemField, String>);

impl Header {
    /// The heads of a form's columns.
    pub const fn texts(self, kind: FormKind) -> &'static [&'static str] {
        match (self, kind) {
            (Self::Short, FormKind::D) => SHORT,
            _ => kind.heads(),
        }
    }
}

impl Form {
    /// A form of a plan as it stands now, deleted rows left out.
    pub fn from_plan(plan: &Plan, kind: FormKind, header: Header) -> Self {
        let row = |it: &Item| FormRow::of(kind.columns().iter().map(|field| (*field, it.text(*field))));
        let section = |it: &Section| FormSection {
            number: it.text(ItemField::Number).to_owned(),
            title: it.text(ItemField::Title).to_owned(),
            rows: it.items.iter().map(row).collect(),
        };
        Self {
            kind,
            header,
            title: plan.text(PlanField::Title).to_owned(),
            period: plan.text(PlanField::Period).to_owned(),
            approval: plan.text(PlanField::Approval).to_owned(),
            sections: plan.sections.iter().map(section).collect(),
        }
    }

    /// Everything that people typed into a plan, also what its form does not print.
    pub fn whole(plan: &Plan) -> Self {
        let row = |it: &Item| FormRow::of(ItemField::TYPED.map(|field| (field, it.text(field))));
        let sections = plan.sections.iter().map(|it| FormSection {
            number: it.text(ItemField::Number).to_owned(),
            title: it.text(ItemField::Title).to_owned(),
            rows: it.items.iter().map(row).collect(),
        });
        let sections = sections.collect();
        Self { sections, ..Self::from_plan(plan, FormKind::of_plan(plan), Header::Full) }
    }

    /// The same plan so many years later: periods, terms, and the years of quoted names; dates of acts stay.
    pub fn shifted(mut self, years: i16) -> Self {
        self.period = shift_years(&self.period, years);
        self.title = shift_names(&self.title, years);
        for section in &mut self.sections {
            section.title = shift_heading(&section.title, years);
            for row in &mut section.rows {
                row.set(ItemField::Term, shift_years(row.text(ItemField::Term), years));
                for field in [ItemField::Title, ItemField::Task, ItemField::Result, ItemField::Audience] {
                    row.set(field, shift_names(row.text(field), years));
                }
            }
        }
        self
    }

    /// The line above the table: the title, «на», the period.
    pub fn heading(&self) -> String {
        if self.period.is_empty() {
            self.title.clone()
        } else {
            format!("{} на {}", self.title, self.period)
        }
    }

    /// The heads of its columns.
    pub fn heads(&self) -> &'static [&'static str] {
        self.header.texts(self.kind)
    }

    /// The texts of a row in the order of the columns.
    pub fn texts<'a>(&self, row: &'a FormRow) -> Vec<&'a str> {
        self.kind.columns().iter().map(|it| row.text(*it)).collect()
    }

    /// The lines of the block «УТВЕРЖДАЮ»; none if nobody approves it.
    pub fn stamp(&self, t: &Catalog) -> Vec<String> {
        if self.approval.trim().is_empty() {
            return Vec::new();
        }
        let first = std::iter::once(t.text("report-approve"));
        let posts = self.approval.lines().map(str::to_owned);
        first
            .chain(posts)
            .chain(["report-approve-line", "report-signature-date"].map(|it| t.text(it)))
            .collect()
    }
}

/// How wide the columns of a form are on a lying sheet, in millimetres.
pub const fn widths_mm(kind: FormKind) -> &'static [u16] {
    match kind {
        FormKind::A => &[16, 76, 62, 38, 70],
        FormKind::B => &[16, 72, 68, 56, 50],
        FormKind::C => &[16, 74, 40, 52, 34, 46],
        FormKind::D => &[14, 118, 46, 40, 44],
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
    /// A row of these texts.
    pub fn of<T: Into<String>>(texts: impl IntoIterator<Item = (ItemField, T)>) -> Self {
        let mut row = Self::default();
        for (field, text) in texts {
            row.set(field, text);
        }
        row
    }

    /// The text of a field.
    pub fn text(&self, field: ItemField) -> &str {
        self.0.get(&field).map_or("", String::as_str)
    }

    /// Puts a text into a field.
    pub fn set(&mut self, field: ItemField, text: impl Into<String>) {
        let text = text.into();
        if text.is_empty() {
            self.0.remove(&field);
        } else {
            self.0.insert(field, text);
        }
    }

    /// Adds a text to what stands in a field already, with `between` between them.
    pub fn append(&mut self, field: ItemField, text: &str, between: &str) {
        if text.is_empty() {
            return;
        }
        let whole = self.0.entry(field).or_default();
        if !whole.is_empty() {
            whole.push_str(between);
        }
        whole.push_str(text);
    }

    /// The fields that have a text.
    pub fn fields(&self) -> impl Iterator<Item = (ItemField, &str)> {
        self.0.iter().map(|(field, text)| (*field, text.as_str()))
    }
}

const SHORT: &[&str] = &["№", "Мероприятие", "Сроки", "Целевая аудитория", "Ответственный"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_head_and_a_width() {
        for kind in FormKind::ALL {
            let columns = kind.columns().len();
            assert_eq!((kind.heads().len(), widths_mm(kind).len()), (columns, columns));
            assert_eq!(widths_mm(kind).iter().sum::<u16>(), 262, "{kind:?} fills the sheet");
            assert_eq!(FormKind::of_key(kind.key()), Some(kind));
        }
        assert_eq!(Header::Short.texts(FormKind::D).len(), FormKind::D.columns().len());
        assert_eq!(Header::Short.texts(FormKind::A), FormKind::A.heads());
    }
}
