//! The four forms in which plans are printed: one item, four tables with columns of their own.
//!
//! A form is a view of a plan. Which one a plan is printed in by itself stands in its field `form`; any plan can be
//! printed in any of them.

use super::plan::{ItemField, Plan, PlanField};

/// A printed form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormKind {
    /// «План реализации …»: tasks by stages, with the result.
    A,
    /// «План сетевого взаимодействия …»: forms, themes, organisations, municipalities.
    B,
    /// «Дорожная карта пилотного проекта …»: what, in which form, for whom, when, by whom.
    C,
    /// «Дорожная карта проекта …»: what, when, for whom, by whom.
    #[default]
    D,
}

impl FormKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// The value of a plan's field, and what addresses and commands call it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::D => "d",
        }
    }

    /// The form of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }

    /// The form a plan is printed in by itself: form D where it does not say.
    pub fn of_plan(plan: &Plan) -> Self {
        Self::of_key(plan.text(PlanField::Form)).unwrap_or_default()
    }

    /// Its columns as printed.
    pub const fn columns(self) -> &'static [ItemField] {
        match self {
            Self::A => {
                &[ItemField::Number, ItemField::Task, ItemField::Title, ItemField::Term, ItemField::Result]
            }
            Self::B => &[
                ItemField::Number,
                ItemField::Form,
                ItemField::Title,
                ItemField::Organisations,
                ItemField::Municipalities,
            ],
            Self::C => &[
                ItemField::Number,
                ItemField::Title,
                ItemField::Form,
                ItemField::Audience,
                ItemField::Term,
                ItemField::Responsible,
            ],
            Self::D => &[
                ItemField::Number,
                ItemField::Title,
                ItemField::Term,
                ItemField::Audience,
                ItemField::Responsible,
            ],
        }
    }

    /// What its columns are headed with, as in the source. The asterisk of form C has no footnote there either.
    pub const fn heads(self) -> &'static [&'static str] {
        match self {
            Self::A => &[
                "№п/п",
                "Задача",
                "Наименование мероприятия",
                "Срок реализации",
                "Полученный (ожидаемый) результат",
            ],
            Self::B => &[
                "№ п/п",
                "Форма сетевого взаимодействия",
                "Тема мероприятия",
                "Наименование организации",
                "Муниципалитет",
            ],
            Self::C => &["№п/п", "Содержание деятельности", "Форма", "Адресат*", "Дата", "Исполнители"],
            Self::D => &[
                "№",
                "Деятельность/Мероприятия/Содержание",
                "Сроки выполнения",
                "Целевая аудитория",
                "Ответственный",
            ],
        }
    }
}
