//! «Показатели»: what the lead asks for, what each organisation says, and the joint report that follows.
//!
//! [`list`] opens campaigns, [`state`] shows who is how far and where each figure comes from, [`entry`] is the form of this
//! node's organisation, [`joint`] the joint report. Rules of a cell are the domain's: the script only asks for them while
//! somebody types.

pub(super) mod entry;
pub(super) mod joint;
pub(super) mod list;
pub(super) mod state;
pub(crate) mod words;

use axum::http::StatusCode;
use maud::{Markup, html};
use svod_shared::id::DocId;

use super::error::WebError;
use super::parts::Lamp;
use super::visit::Visit;
use crate::domain::campaign::{Standing, State};
use crate::i18n::Catalog;
use crate::node::NodeError;
use crate::views::figures::CampaignView;

/// The campaign of an address.
async fn find(visit: &Visit, id: &str) -> Result<CampaignView, WebError> {
    let id = DocId::from_hex(id).ok_or(WebError::NotFound)?;
    visit.node.campaign(id).await?.ok_or(WebError::NotFound)
}

/// «Совместный отчёт, I полугодие 2022 года»
fn name_of(t: &Catalog, view: &CampaignView) -> String {
    let period = view.campaign.period.map(|it| it.key()).unwrap_or_default();
    format!("{}, {}", view.campaign.title, words::period(t, &period))
}

/// How far an organisation is, as sign, word and colour.
fn state_lamp(t: &Catalog, standing: &Standing) -> Lamp {
    let (tone, sign) = match standing.state {
        State::NotStarted => ("off", "·"),
        State::Filling => ("run", "…"),
        State::Submitted | State::Resubmitted => ("soon", "→"),
        State::Returned => ("late", "!"),
        State::Accepted => ("ok", "✓"),
    };
    let word = t.text(standing.state.key());
    Lamp { tone, sign, said: word.clone(), word }
}

/// What was refused, at the top of the page that was sent.
fn problem(text: &str) -> Markup {
    html! { div.problem role="alert" { p { (text) } } }
}

/// A refusal that belongs on the page, or an error that has a page of its own.
fn refusal(t: &Catalog, error: NodeError) -> Result<(StatusCode, String), WebError> {
    match error {
        NodeError::Figures(error) => Ok((StatusCode::UNPROCESSABLE_ENTITY, words::failure(t, &error))),
        other => Err(other.into()),
    }
}
