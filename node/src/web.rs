//! The pages: axum routes over a [`Node`], HTML written by maud, one style sheet and one script of ours.
//!
//! A handler extracts, calls one method of the node and renders; it holds no rule of the domain and no SQL. Every
//! change is a real form that answers with a redirect (303) or with the same page and a status of 4xx, so that pages
//! work without the script. The script sends the very same forms, follows the very same redirects and swaps the named
//! blocks of the page that comes back; server-sent events tell it when to ask again. Who may ask is decided by
//! [`door`] alone, before any handler runs. The listener belongs to the caller.

mod assets;
mod card;
mod check;
mod clock;
mod conflict;
mod copy;
mod divergences;
pub mod door;
mod doubts;
mod download;
mod error;
mod events;
mod execution;
mod export;
mod field_history;
pub(crate) mod figures;
mod form;
mod frame;
mod held;
mod import;
mod import_preview;
mod item;
mod item_forms;
mod lights;
mod members;
mod network;
mod packets;
mod parts;
mod people;
mod place;
mod plans;
mod qr;
mod report;
mod roadmap;
mod roadmap_forms;
mod scale;
mod search;
mod sheet;
mod shelf;
mod term;
#[cfg(test)]
mod tests;
mod today;
mod undo;
mod variants;
mod visit;
mod week;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

pub use self::clock::Clock;
pub use self::door::Door;
pub(crate) use self::doubts::doubt;
pub(crate) use self::figures::words::verdict_lines;
use self::shelf::Shelf;
pub(crate) use self::words::news_sentence;
use crate::exchange::import::ImportedPlan;
use crate::node::Node;
use crate::people::People;

/// A form of a page: an item's nine fields fit with their longest texts.
const FORM_BYTES_MAX: usize = 512 * 1024;

/// Plans that were read and not yet loaded.
const PLANS_KEPT: usize = 4;
/// Packets that were looked at and not yet taken: they may be large.
const PACKETS_KEPT: usize = 2;

/// What every handler gets.
#[derive(Clone, Debug)]
pub struct WebState {
    node: Node,
    door: Arc<Door>,
    clock: Clock,
    people: Arc<People>,
    shelf: Arc<Shelf<Vec<ImportedPlan>>>,
    packets: Arc<Shelf<Arc<[Vec<u8>]>>>,
}

impl WebState {
    /// Pages of `node` behind `door`, with dates by `clock`, at a computer that nobody shares.
    pub fn new(node: Node, door: Door, clock: Clock) -> Self {
        Self {
            node,
            door: Arc::new(door),
            clock,
            people: Arc::default(),
            shelf: Arc::new(Shelf::new(PLANS_KEPT)),
            packets: Arc::new(Shelf::new(PACKETS_KEPT)),
        }
    }

    /// The same pages at a computer that `people` share.
    pub fn with_people(self, people: Arc<People>) -> Self {
        Self { people, ..self }
    }
}

/// All routes behind the door.
pub fn router(state: WebState) -> Router {
    pages()
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn(error::render))
        .layer(from_fn_with_state(state.clone(), people::guard))
        .layer(from_fn_with_state(state.door.clone(), door::guard))
        .layer(from_fn(door::harden))
        .with_state(state)
}

/// «Сеть»: who belongs, the exchange by file, what was refused.
fn network_pages() -> Router<WebState> {
    Router::new()
        .route("/network", get(network::page))
        .route("/network/invite", post(network::invite))
        .route("/network/decide", get(members::confirm))
        .route("/network/card", get(card::page))
        .route("/network/evidence", get(members::evidence))
        .route("/network/say", post(members::say))
        .route("/network/exclude", post(held::exclude))
        .route("/network/packet", get(packets::page))
        .route(
            "/network/packet",
            post(packets::preview).layer(DefaultBodyLimit::max(packets::UPLOAD_BYTES_MAX)),
        )
        .route("/network/packet/write", post(packets::write))
        .route("/network/packet/take", post(packets::take))
}

fn pages() -> Router<WebState> {
    Router::new()
        .route("/", get(today::page))
        .route("/news/read", post(today::mark_read))
        .route("/plans", get(plans::page))
        .route("/plans/{plan}", get(sheet::page).post(roadmap_forms::save))
        .route("/plans/{plan}/edit", get(roadmap_forms::edit_page))
        .route("/plans/{plan}/members", get(roadmap::page))
        .route("/plans/{plan}/add", get(roadmap_forms::add_page).post(roadmap_forms::add))
        .route("/plans/{plan}/items/{row}", get(item::page).post(item_forms::save))
        .route("/plans/{plan}/items/{row}/edit", get(item_forms::edit_page))
        .route("/plans/{plan}/items/{row}/delete", post(item_forms::delete))
        .route("/plans/{plan}/items/{row}/restore", post(item_forms::restore))
        .route("/plans/{plan}/items/{row}/execution", post(item_forms::execution))
        .route("/plans/{plan}/items/{row}/accept", post(check::accept))
        .route("/plans/{plan}/items/{row}/ask-again", post(check::ask_again))
        .route("/plans/{plan}/items/{row}/history/{field}", get(field_history::page))
        .route("/plans/{plan}/scale", get(scale::page))
        .route("/plans/{plan}/copy", get(copy::page).post(copy::make))
        .route("/week", get(week::page))
        .route("/plans/{plan}/check", get(check::page))
        .route("/plans/{plan}/print", get(export::print))
        .route("/plans/{plan}/export/{format}", get(export::plan))
        .route("/search", get(search::page))
        .route("/undo", get(undo::page).post(undo::undo))
        .route("/import", get(import::page))
        .route("/import", post(import::preview).layer(DefaultBodyLimit::max(import::UPLOAD_BYTES_MAX)))
        .route("/import/load", post(import::load))
        .route("/figures", get(figures::list::page).post(figures::list::open))
        .route("/figures/{campaign}", get(figures::state::page))
        .route("/figures/{campaign}/entry", get(figures::entry::page).post(figures::entry::save))
        .route("/figures/{campaign}/check", post(figures::entry::check))
        .route("/figures/{campaign}/judge", post(figures::state::judge))
        .route("/figures/{campaign}/close", post(figures::state::close))
        .route("/figures/{campaign}/report", get(figures::joint::page))
        .route("/figures/{campaign}/report/freeze", post(figures::joint::freeze))
        .route("/figures/{campaign}/report/sign", post(figures::joint::sign))
        .route("/figures/{campaign}/report/{format}", get(figures::joint::download))
        .route("/report", get(report::page))
        .route("/report/download/{format}", get(report::download))
        .route("/divergences", get(divergences::page))
        .route("/divergences/settle", post(divergences::settle))
        .merge(network_pages())
        .route("/exchange", post(network::exchange))
        .route("/people", get(people::page))
        .route("/people/add", post(people::add))
        .route("/people/remove", post(people::remove))
        .route("/people/enter", get(people::entrance).post(people::enter))
        .route("/people/leave", post(people::leave))
        .route("/people/here", get(people::here))
        .route("/events", get(events::stream))
        .route("/language", post(visit::choose_language))
        .route("/assets/svod.css", get(assets::style))
        .route("/assets/report.css", get(assets::report_style))
        .route("/assets/figures.css", get(assets::figures_style))
        .route("/assets/figures.js", get(assets::figures_script))
        .route("/assets/svod.js", get(assets::script))
        .route("/assets/svod.svg", get(assets::icon))
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::not_found)
}
