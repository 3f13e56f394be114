//! The demo's calendar: the system's clock, set back so that the story ends on the day asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use svod_shared::time::Timestamp;

use super::CliError;
use crate::store::Clock;

/// The time of the story. It runs on with the system's clock and can be set to another day.
#[derive(Debug, Clone)]
pub(super) struct StoryTime {
    last_day: Date,
    /// How far the story's clock is ahead of the system's, milliseconds; wraps for a day in the past.
    ahead_ms: Arc<AtomicU64>,
}

impl StoryTime {
    /// The story ends on `last_day`.
    pub(super) fn starting(last_day: Date) -> Result<Self, CliError> {
        let time = Self { last_day, ahead_ms: Arc::default() };
        time.set(DAYS_TOLD, 10, 0)?;
        Ok(time)
    }

    /// Sets the clock to so many days before the last day of the story.
    pub(super) fn set(&self, days_before: i64, hour: i8, minute: i8) -> Result<(), CliError> {
        let wrong = || CliError::key("cli-error-period");
        let day = self.last_day.checked_sub(days_before.days()).map_err(|_| wrong())?;
        let moment = day.at(hour, minute, 0, 0).to_zoned(TimeZone::system()).map_err(|_| wrong())?;
        let ms = u64::try_from(moment.timestamp().as_millisecond()).map_err(|_| wrong())?;
        let Timestamp(now) = Clock::system().now();
        self.ahead_ms.store(ms.wrapping_sub(now), Ordering::Relaxed);
        Ok(())
    }

    /// The day on which the story ends.
    pub(super) fn last_day(&self) -> Date {
        self.last_day
    }

    /// The clock of a node in the story.
    pub(super) fn clock(&self) -> Clock {
        let ahead_ms = Arc::clone(&self.ahead_ms);
        Clock::new(move || {
            let Timestamp(now) = Clock::system().now();
            Timestamp(now.wrapping_add(ahead_ms.load(Ordering::Relaxed)))
        })
    }
}

/// How long before its last day the story begins.
const DAYS_TOLD: i64 = 20;
