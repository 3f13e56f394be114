//! A methodologist at work: seeded edits of the kinds a roadmap gets, by the forms of the pages.

use super::Sheet;
use crate::html::Form;
use crate::http::Visitor;
use crate::sim::rng::Rng;

const DONE: [&str; 8] = [
    "Проведён семинар для воспитателей",
    "Проведён вебинар по теме взаимодействия с родителями",
    "Состоялось методическое объединение старших воспитателей",
    "Подготовлены рекомендации для педагогов-психологов",
    "Организована выставка опыта работы детских садов",
    "Проведены консультации для молодых педагогов",
    "Собраны материалы конкурса профессионального мастерства",
    "Проведён мониторинг развивающей предметно-пространственной среды",
];

const PLACES: [&str; 8] = [
    "детский сад № 4",
    "станица Березанская",
    "районный методический кабинет",
    "детский сад «Ромашка»",
    "станица Ирклиевская",
    "в дистанционной форме",
    "дом культуры",
    "детский сад № 17 комбинированного вида",
];

const AUDIENCES: [&str; 6] = [
    "Воспитатели старших групп",
    "Старшие воспитатели ДОО",
    "Педагоги-психологи и учителя-логопеды",
    "Заведующие ДОО",
    "Молодые педагоги со стажем до трёх лет",
    "Музыкальные руководители",
];

const MONTHS: [&str; 12] = [
    "Январь",
    "Февраль",
    "Март",
    "Апрель",
    "Май",
    "Июнь",
    "Июль",
    "Август",
    "Сентябрь",
    "Октябрь",
    "Ноябрь",
    "Декабрь",
];

const STATUSES: [&str; 5] = ["planned", "in-progress", "done", "partially", "moved"];

/// Somebody who edits at one centre.
#[derive(Debug)]
pub(super) struct Hand {
    no: usize,
    rng: Rng,
    count: usize,
}

impl Hand {
    /// The hand at centre `no`.
    pub(super) fn new(no: usize, rng: Rng) -> Self {
        Self { no, rng, count: 0 }
    }

    /// An edit whose text nobody else writes: the text, and whether the node said that it is saved.
    pub(super) fn write_marked(&mut self, visitor: &Visitor, sheet: &Sheet) -> (String, bool) {
        self.count += 1;
        let mark = format!("приказ {}-{:05}", self.no, self.count);
        let text = format!("{}, {mark}", self.sentence());
        let row = self.row(sheet);
        let form = match self.rng.below(60) {
            0 => {
                let page = format!("{}/add", sheet.plan);
                visitor.try_form(&page, &page).map(|it| typed(it, &[("title", &text)]))
            }
            1..=20 => self.execution(visitor, &row, &text),
            _ => {
                let field = self.one_of(&["title", "audience", "responsible", "form", "result", "term"]);
                visitor.try_form(&format!("{row}/edit"), &row).map(|it| typed(it, &[(field, &text)]))
            }
        };
        let saved = form.and_then(|it| visitor.try_send(&it).ok()).is_some_and(|it| it.status == 303);
        (mark, saved)
    }

    /// An edit as a centre makes it in the course of the year: two thirds of them report execution. Whether it was
    /// saved: if the field has changed between form and save, the page asks instead.
    pub(super) fn write(&mut self, visitor: &Visitor, sheet: &Sheet) -> bool {
        self.count += 1;
        let row = self.row(sheet);
        let (plan, year) = (format!("{row}/edit"), 2021 + self.rng.below(2));
        let sentence = self.sentence();
        let month = self.one_of(&MONTHS);
        let form = match self.rng.below(12) {
            0..=3 => self.execution(visitor, &row, ""),
            4..=7 => self.execution(visitor, &row, &sentence),
            8 | 9 => {
                visitor.try_form(&plan, &row).map(|it| typed(it, &[("term", &format!("{month} {year}"))]))
            }
            10 => {
                let audience = self.one_of(&AUDIENCES);
                visitor.try_form(&plan, &row).map(|it| typed(it, &[("audience", audience)]))
            }
            _ => visitor.try_form(&plan, &row).map(|it| typed(it, &[("result", &sentence)])),
        };
        visitor.send(&form.expect("the page has its form")).status == 303
    }

    /// The form that reports execution, with another day, and a text if there is one.
    fn execution(&mut self, visitor: &Visitor, row: &str, text: &str) -> Option<Form> {
        let status = self.one_of(&STATUSES);
        let date = format!("2021-{:02}-{:02}", 1 + self.rng.below(12), 1 + self.rng.below(28));
        let form = visitor.try_form(row, &format!("{row}/execution"))?;
        let mut form = typed(form, &[("status", status), ("date", &date)]);
        if !text.is_empty() {
            form.type_in("result", text);
        }
        Some(form)
    }

    fn row(&mut self, sheet: &Sheet) -> String {
        self.rng.pick(&sheet.rows).expect("the sheet has rows").clone()
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        self.rng.pick(words).copied().unwrap_or_default()
    }

    fn sentence(&mut self) -> String {
        let [what, place] = [self.one_of(&DONE), self.one_of(&PLACES)];
        format!("{what}, {place}, участвовали {} педагогов", 5 + self.rng.below(120))
    }
}

fn typed(mut form: Form, values: &[(&str, &str)]) -> Form {
    values.iter().for_each(|(name, value)| form.type_in(name, value));
    form
}
