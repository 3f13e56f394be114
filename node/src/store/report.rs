//! The consolidated report, compiled from what this node holds.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use svod_shared::id::DocId;
use svod_shared::storage::StorageError;

use super::Store;
use crate::domain::period::Period;
use crate::reports::compile::{ReportInput, compile};
use crate::reports::model::Report;

impl Store {
    /// The report on a plan's execution in a period, as things stand on `today`, by the clock's day if none is given;
    /// `None` if there is no such plan.
    pub fn report(
        &self,
        plan: &DocId,
        period: Period,
        today: Option<Date>,
    ) -> Result<Option<Report>, StorageError> {
        let Some(plan) = self.plan(plan)? else { return Ok(None) };
        let zone = TimeZone::system();
        let ms = i64::try_from(self.now().0).unwrap_or(i64::MAX);
        let now = jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone());
        let me = self.me().and_then(|me| self.roster.org(me.org));
        Ok(Some(compile(&ReportInput {
            network: self.roster.name(),
            period,
            today: today.unwrap_or(now.date()),
            zone,
            compiled_at: &now.strftime("%d.%m.%Y %H:%M").to_string(),
            compiled_by: me.map_or("", |it| it.name.as_str()),
            plan: &plan,
            freshness: &self.freshness()?,
            divergences: &self.divergences()?,
            code: &self.control_code()?,
        })))
    }
}
