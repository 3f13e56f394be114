//! The key card: one sheet of paper with what somebody needs who sets this computer up again, or is asked by telephone.

use maud::html;

use super::error::Answer;
use super::frame::{Page, Section};
use super::visit::Visit;

/// The page, made for printing.
pub(super) async fn page(visit: Visit) -> Answer {
    let t = visit.t;
    let card = visit.node.key_card().await?;
    let rows = [
        ("card-network", card.network),
        ("card-network-id", card.network_id),
        ("card-org", card.org),
        ("card-computer", card.computer),
        ("card-org-key", card.org_key),
        ("card-node-key", card.node_key),
        ("card-relay", card.relay),
        ("card-words", card.words),
    ];
    let content = html! {
        header.top { div { h1 { (t.text("card-title")) } p.sub { (t.text("card-hint")) } } }
        section.card {
            table.key-card { tbody {
                @for (key, value) in rows.iter().filter(|it| !it.1.is_empty()) {
                    tr { th scope="row" { (t.text(key)) } td.mono { (value) } }
                }
            } }
        }
        section {
            h2.part { (t.text("card-advice")) }
            ul {
                li { (t.text("card-advice-backup")) }
                li { (t.text("card-advice-stolen")) }
                @if card.is_lead { li { (t.text("card-advice-paper")) } } @else { li { (t.text("card-advice-lost")) } }
            }
        }
    };
    Page::new(Section::Network, t.text("card-title"), content).respond(&visit).await
}
