//! Now, and dates in words. The core knows milliseconds; zones and month names begin here.

use std::fmt;
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use svod_shared::time::{Day, Timestamp};

use crate::i18n::Catalog;

/// Where pages take the time and the zone from.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    zone: TimeZone,
}

impl Clock {
    /// The system's clock and zone; UTC where the system does not name one.
    pub fn system() -> Self {
        Self::new(system_now, TimeZone::system())
    }

    /// A clock of one's own, for tests and for a story told on another day.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static, zone: TimeZone) -> Self {
        Self { now: Arc::new(now), zone }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// The wall clock, for the dates inside files.
    pub(super) fn datetime(&self) -> DateTime {
        self.zoned(self.now()).datetime()
    }

    pub(super) fn today(&self) -> Date {
        self.zoned(self.now()).date()
    }

    fn zoned(&self, moment: Timestamp) -> Zoned {
        let ms = i64::try_from(moment.0).unwrap_or(i64::MAX);
        jiff::Timestamp::from_millisecond(ms)
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
            .to_zoned(self.zone.clone())
    }

    /// «сегодня в 12:40», «вчера в 9:05», «12 марта 14:05», «12 марта 2021, 14:05».
    pub(super) fn moment(&self, t: &Catalog, moment: Timestamp) -> String {
        let (at, today) = (self.zoned(moment), self.today());
        let time = format!("{}:{:02}", at.hour(), at.minute());
        let time = ("time", time.into());
        if at.date() == today {
            return t.with("when-today", &[time]);
        }
        if today.checked_sub(1.day()).is_ok_and(|it| it == at.date()) {
            return t.with("when-yesterday", &[time]);
        }
        let date = ("date", self.date(t, at.date()).into());
        if at.year() == today.year() {
            t.with("when-moment", &[date, time])
        } else {
            t.with("when-moment-year", &[date, time])
        }
    }

    /// A day that an act names.
    pub(super) fn act_day(&self, t: &Catalog, day: Day) -> String {
        let (year, month, day) = day.date();
        let part = |value: u32| i8::try_from(value).ok();
        let date = i16::try_from(year).ok().zip(part(month)).zip(part(day));
        let date = date.and_then(|((year, month), day)| Date::new(year, month, day).ok());
        date.map(|it| self.date(t, it)).unwrap_or_default()
    }

    /// The same of a moment in seconds, as automerge keeps it.
    pub(super) fn seconds(&self, t: &Catalog, seconds: i64) -> String {
        self.moment(t, Timestamp(u64::try_from(seconds).unwrap_or(0).saturating_mul(1000)))
    }

    /// «12 марта», and «12 марта 2021» of another year.
    pub(super) fn date(&self, t: &Catalog, date: Date) -> String {
        let args = date_args(t, date);
        if date.year() == self.today().year() {
            t.with("date-short", &args)
        } else {
            t.with("date-year", &args)
        }
    }

    /// «12 мар.», and «03.2021» of another year: for the cells of a table.
    pub(super) fn date_narrow(&self, t: &Catalog, date: Date) -> String {
        let month = t.text(&format!("month-short-{}", date.month()));
        if date.year() == self.today().year() {
            return t.with("date-narrow", &[("day", date.day().into()), ("month", month.into())]);
        }
        let number = format!("{:02}", date.month());
        t.with("date-narrow-year", &[("number", number.into()), ("year", date.year().into())])
    }

    /// The date of a moment, as [`Clock::date`] writes it.
    pub(super) fn day(&self, t: &Catalog, moment: Timestamp) -> String {
        self.date(t, self.zoned(moment).date())
    }

    /// Whole days from `moment` to now.
    pub(super) fn days_since(&self, moment: Timestamp) -> i64 {
        let ms = self.now().0.saturating_sub(moment.0);
        i64::try_from(ms / DAY_MS).unwrap_or(i64::MAX)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("zone", &self.zone).finish_non_exhaustive()
    }
}

/// «17 марта 2022 г.»
pub(super) fn date_long(t: &Catalog, date: Date) -> String {
    t.with("date-long", &date_args(t, date))
}

/// An ISO date in words, and any other text as it stands.
pub(super) fn iso_in_words(t: &Catalog, text: &str) -> String {
    text.parse::<Date>().map_or_else(|_| text.to_owned(), |date| date_long(t, date))
}

fn date_args(t: &Catalog, date: Date) -> [(&'static str, crate::i18n::Arg<'static>); 3] {
    let month = t.text(&format!("month-{}", date.month()));
    [("day", date.day().into()), ("month", month.into()), ("year", date.year().into())]
}

fn system_now() -> Timestamp {
    let ms = jiff::Timestamp::now().as_millisecond();
    Timestamp(u64::try_from(ms).unwrap_or(0))
}

const DAY_MS: u64 = 86_400_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    /// 17 March 2022, 12:40 in Moscow.
    fn clock() -> Clock {
        Clock::new(|| Timestamp(1_647_510_000_000), TimeZone::fixed(jiff::tz::offset(3)))
    }

    fn check(seconds: i64, ru: &str) {
        assert_eq!(clock().seconds(Catalog::of(Lang::Ru), seconds), ru);
    }

    #[test]
    fn a_moment_is_as_short_as_it_can_be() {
        check(1_647_510_000, "сегодня в 12:40");
        check(1_647_510_000 - 86_400, "вчера в 12:40");
        check(1_647_083_100, "12 марта 14:05");
        check(1_615_547_100, "12 марта 2021, 14:05");
    }

    #[test]
    fn a_date_in_words_keeps_what_is_no_date() {
        let t = Catalog::of(Lang::Ru);
        assert_eq!(iso_in_words(t, "2022-03-17"), "17 марта 2022 г.");
        assert_eq!(iso_in_words(t, "весной"), "весной");
    }
}
