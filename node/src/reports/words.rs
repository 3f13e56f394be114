//! How reports put dates, periods and places into words of the catalogue.

use jiff::civil::{Date, DateTime};

use crate::domain::execution::{ExecutionField, Status};
use crate::domain::light::LightKind;
use crate::domain::period::{Half, Period, PeriodKind, Quarter};
use crate::i18n::Catalog;
use crate::views::Place;

/// «17 марта 2022 г.»
pub(crate) fn date(t: &Catalog, day: Date) -> String {
    let month = t.text(&format!("report-month-{}", day.month()));
    // Numbers go in as text: a year must not be grouped.
    let args = [
        ("day", day.day().to_string().into()),
        ("month", month.into()),
        ("year", day.year().to_string().into()),
    ];
    t.with("report-date", &args)
}

/// «17.03.2022»
pub(crate) fn date_short(day: Date) -> String {
    day.strftime("%d.%m.%Y").to_string()
}

/// «17.03.2022 14:05»
pub(crate) fn moment(moment: DateTime) -> String {
    moment.strftime("%d.%m.%Y\u{a0}%H:%M").to_string()
}

/// «I полугодие 2022 года»
pub(crate) fn period(t: &Catalog, period: &Period) -> String {
    let year = ("year", period.from().year().to_string().into());
    match period.kind() {
        PeriodKind::HalfYear(half) => {
            let half = match half {
                Half::First => 1,
                Half::Second => 2,
            };
            t.with("report-period-half", &[("half", half.into()), year])
        }
        PeriodKind::Quarter(quarter) => {
            let quarter = match quarter {
                Quarter::First => 1,
                Quarter::Second => 2,
                Quarter::Third => 3,
                Quarter::Fourth => 4,
            };
            t.with("report-period-quarter", &[("quarter", quarter.into()), year])
        }
        PeriodKind::Year => t.with("report-period-year", &[year]),
        PeriodKind::Month => {
            let month = t.text(&format!("month-name-{}", period.from().month()));
            t.with("report-period-month", &[("month", month.into()), year])
        }
        PeriodKind::SchoolYear => {
            let next = ("next", format!("{:02}", period.to().year() % 100).into());
            t.with("report-period-school-year", &[year, next])
        }
        PeriodKind::Custom => {
            let args = [("from", date(t, period.from()).into()), ("to", date(t, period.to()).into())];
            t.with("report-period-custom", &args)
        }
    }
}

/// «✓ выполнено»: the sign does not part from its word.
pub(crate) fn marked(t: &Catalog, kind: LightKind) -> String {
    format!("{}\u{a0}{}", kind.sign(), light(t, kind))
}

/// «выполнено частично»
pub(crate) fn status(t: &Catalog, status: Status) -> String {
    t.text(&format!("report-status-{}", status.key()))
}

/// «частично»
pub(crate) fn light(t: &Catalog, light: LightKind) -> String {
    t.text(&format!("report-{}", light.message()))
}

/// «Целевая аудитория»
pub(crate) fn place(t: &Catalog, place: &Place) -> String {
    let key = match place {
        Place::Plan(field) => format!("report-place-plan-{}", field.key()),
        Place::Item(_, field) => format!("report-place-{}", field.key()),
        Place::Row(_) => "report-place-row".to_owned(),
        Place::Execution(_, _, field) => format!("report-place-execution-{}", field.key()),
    };
    t.text(&key)
}

/// A value as people read it: a status by its word, a date by its day, anything else as it stands.
pub(crate) fn value(t: &Catalog, place: &Place, value: &str) -> String {
    match place {
        Place::Execution(_, _, ExecutionField::Status) => {
            Status::of_key(value).map_or_else(|| value.to_owned(), |it| status(t, it))
        }
        Place::Execution(_, _, ExecutionField::Date) => {
            value.parse().map_or_else(|_| value.to_owned(), date_short)
        }
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::light::LightKind;
    use crate::domain::plan::{ItemField, PlanField, RowId};
    use crate::i18n::Lang;
    use jiff::civil::date as day;

    fn ru() -> &'static Catalog {
        Catalog::of(Lang::Ru)
    }

    fn check_period(it: Option<Period>, expected: &str) {
        assert_eq!(period(ru(), &it.unwrap()), expected);
    }

    #[test]
    fn dates_are_written_as_in_an_order() {
        assert_eq!(date(ru(), day(2022, 3, 17)), "17\u{a0}марта 2022\u{a0}г.");
        assert_eq!(date_short(day(2022, 3, 7)), "07.03.2022");
        assert_eq!(moment(day(2022, 3, 7).at(9, 5, 59, 0)), "07.03.2022\u{a0}09:05");
    }

    #[test]
    fn periods_are_called_by_their_names() {
        check_period(Period::half_year(2022, Half::First), "I полугодие 2022 года");
        check_period(Period::half_year(2021, Half::Second), "II полугодие 2021 года");
        check_period(Period::quarter(2022, Quarter::Third), "III квартал 2022 года");
        check_period(Period::year(2022), "2022 год");
        let custom = Period::custom(day(2022, 3, 1), day(2022, 5, 15));
        check_period(custom, "период с 1\u{a0}марта 2022\u{a0}г. по 15\u{a0}мая 2022\u{a0}г.");
    }

    #[test]
    fn every_word_that_a_key_is_built_for_is_in_both_catalogues() {
        let row = || RowId("r".into());
        let org = svod_shared::id::OrgNo(1);
        let mut places = vec![Place::Row(row())];
        places.extend(PlanField::ALL.map(Place::Plan));
        places.extend(ItemField::ALL.map(|it| Place::Item(row(), it)));
        places.extend(ExecutionField::ALL.map(|it| Place::Execution(org, row(), it)));
        for t in Lang::ALL.map(Catalog::of) {
            let mut words: Vec<_> = places.iter().map(|it| place(t, it)).collect();
            words.extend(Status::ALL.map(|it| status(t, it)));
            words.extend(LightKind::ALL.map(|it| light(t, it)));
            words.extend((1..=12).map(|month| date(t, day(2022, month, 1))));
            for word in words {
                assert!(!word.contains("report-"), "{word}");
            }
        }
    }

    #[test]
    fn values_of_an_execution_are_put_into_words() {
        let place = |field| Place::Execution(svod_shared::id::OrgNo(1), RowId("r".into()), field);
        assert_eq!(value(ru(), &place(ExecutionField::Status), "done"), "выполнено");
        assert_eq!(value(ru(), &place(ExecutionField::Status), "из будущего"), "из будущего");
        assert_eq!(value(ru(), &place(ExecutionField::Date), "2022-03-07"), "07.03.2022");
        assert_eq!(value(ru(), &place(ExecutionField::Date), "в марте"), "в марте");
        assert_eq!(value(ru(), &place(ExecutionField::Comment), "done"), "done");
    }
}
