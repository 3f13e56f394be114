//! Due days as a calendar file (RFC 5545), for the calendar of a telephone or an office program: one event for each day
//! on which something is due. No server is asked and nothing comes back.
//!
//! The same plan gives the same bytes on one day: an event is named after its item and its day, so that loading the file
//! again replaces events instead of doubling them.

use jiff::civil::{Date, DateTime};

use crate::domain::plan::{ItemField, Plan, PlanField};
use crate::domain::schedule::{Schedule, Window};

/// Writes the due days of a plan; `made` is the moment the file says it was made.
pub fn export_ics(plan: &Plan, made: DateTime) -> Vec<u8> {
    let mut file = Lines::default();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Svod//Svod//RU", "CALSCALE:GREGORIAN"] {
        file.line(line);
    }
    file.text("X-WR-CALNAME", plan.text(PlanField::Title));
    let window = Window::parse(plan.text(PlanField::Period));
    for item in plan.items() {
        let schedule = Schedule::of_item(item.text(ItemField::Term), item.text(ItemField::Title), window);
        for due in schedule.due_dates(window) {
            let (number, title) = (item.text(ItemField::Number), item.text(ItemField::Title));
            file.line("BEGIN:VEVENT");
            file.line(&format!("UID:{}-{due}@{}.svod", item.row.0, plan.id));
            file.line(&format!("DTSTAMP:{}Z", made.strftime("%Y%m%dT%H%M%S")));
            file.line(&format!("DTSTART;VALUE=DATE:{}", basic(due)));
            file.line(&format!("DTEND;VALUE=DATE:{}", basic(due.tomorrow().unwrap_or(due))));
            file.text("SUMMARY", [number, title].join(" ").trim());
            let about =
                [ItemField::Term, ItemField::Audience, ItemField::Responsible].map(|it| item.text(it));
            let about: Vec<_> = about.into_iter().filter(|it| !it.is_empty()).collect();
            file.text("DESCRIPTION", &about.join("\n"));
            file.line("TRANSP:TRANSPARENT");
            file.line("END:VEVENT");
        }
    }
    file.line("END:VCALENDAR");
    file.0
}

fn basic(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

/// Lines of at most 75 bytes: what is longer goes on in the next one behind a space.
#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    fn text(&mut self, name: &str, text: &str) {
        let mut escaped = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                '\\' | ';' | ',' => escaped.extend(['\\', letter]),
                '\n' => escaped.push_str("\\n"),
                it if it.is_control() => {}
                it => escaped.push(it),
            }
        }
        self.line(&format!("{name}:{escaped}"));
    }

    fn line(&mut self, line: &str) {
        let mut used = 0;
        for letter in line.chars() {
            if used + letter.len_utf8() > LINE_BYTES_MAX {
                self.0.extend_from_slice(b"\r\n ");
                used = 1;
            }
            self.0.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            used += letter.len_utf8();
        }
        self.0.extend_from_slice(b"\r\n");
    }
}

const LINE_BYTES_MAX: usize = 75;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample::plan_view;

    fn file() -> String {
        let made = DateTime::constant(2022, 3, 17, 9, 0, 0, 0);
        String::from_utf8(export_ics(&plan_view().plan, made)).expect("UTF-8")
    }

    #[test]
    fn every_due_day_is_an_event_and_what_has_none_is_not() {
        let file = file().replace("\r\n ", "");
        let plan = plan_view().plan;
        let window = Window::parse(plan.text(PlanField::Period));
        let days = plan.items().map(|it| {
            Schedule::of_item(it.text(ItemField::Term), it.text(ItemField::Title), window)
                .due_dates(window)
                .len()
        });
        assert_eq!(file.matches("BEGIN:VEVENT").count(), days.sum::<usize>());
        assert!(file.contains("DTSTART;VALUE=DATE:20220331\r\n"), "March is due on its last day");
        assert!(!file.contains("По мере запроса\\"), "what waits for a request has no day");
        let uids: Vec<_> = file.lines().filter(|it| it.starts_with("UID:")).collect();
        let mut unique = uids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(uids.len(), unique.len(), "each event has a name of its own");
    }

    #[test]
    fn lines_are_short_and_texts_escaped() {
        for line in file().split("\r\n") {
            assert!(line.len() <= LINE_BYTES_MAX, "{line}");
        }
        let mut lines = Lines::default();
        lines.text("SUMMARY", "а; б, в\\г\nд\u{7}");
        assert_eq!(String::from_utf8(lines.0).expect("UTF-8"), "SUMMARY:а\\; б\\, в\\\\г\\nд\r\n");
    }

    #[test]
    fn the_same_plan_gives_the_same_bytes() {
        assert_eq!(file(), file());
    }
}
