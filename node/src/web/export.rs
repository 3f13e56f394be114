//! A roadmap as the file it came from: form D in Word, Excel or CSV.

use axum::extract::Path;

use super::download::{Kind, file};
use super::error::{Answer, WebError};
use super::sheet::find;
use super::visit::Visit;
use crate::domain::plan::PlanField;
use crate::exchange::csv::export_csv;
use crate::exchange::form_d::{FormD, Header};
use crate::exchange::xlsx_writer::export_xlsx;
use crate::reports::form_d;

/// Hands out the file.
pub(super) async fn plan(visit: Visit, Path((plan, format)): Path<(String, String)>) -> Answer {
    let kind = Kind::of_ending(&format).ok_or(WebError::NotFound)?;
    let view = find(&visit, &plan).await?;
    let form = FormD::from_plan(&view.plan, Header::Full);
    let bytes = match kind {
        Kind::Docx => form_d::docx(&form, None, visit.clock.datetime(), visit.t).map_err(unwritten)?,
        Kind::Xlsx => export_xlsx(&form).map_err(unwritten)?,
        Kind::Csv => export_csv(&form),
        Kind::Html | Kind::Svod => return Err(WebError::NotFound),
    };
    Ok(file(view.plan.text(PlanField::Title), kind, bytes))
}

/// A file that could not be written: the page says so plainly, the log keeps the cause.
pub(super) fn unwritten(error: impl std::fmt::Display) -> WebError {
    tracing::warn!(error = %error, "a file was not written");
    WebError::Node("error-unwritten".to_owned())
}
