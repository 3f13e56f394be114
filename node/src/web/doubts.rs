//! What an import suspects and why it refuses, in sentences that say what to do.

use super::term;
use crate::exchange::import::DoubtKind;
use crate::i18n::Catalog;

/// One doubt.
pub(crate) fn doubt(t: &Catalog, kind: &DoubtKind) -> String {
    match kind {
        DoubtKind::Empty => t.text("doubt-empty"),
        DoubtKind::Glued { with } => t.with("doubt-glued", &[("row", with.row.into())]),
        DoubtKind::Displaced => t.text("doubt-displaced"),
        DoubtKind::Unmapped { text } => t.with("doubt-unmapped", &[("text", text.clone().into())]),
        DoubtKind::MergedDown => t.text("doubt-merged-down"),
        DoubtKind::Markup => t.text("doubt-markup"),
        DoubtKind::NoNumber => t.text("doubt-no-number"),
        DoubtKind::RepeatedNumber => t.text("doubt-repeated-number"),
        DoubtKind::Lookalike { found, proposal } => t.with(
            "doubt-lookalike",
            &[("found", found.clone().into()), ("proposal", proposal.clone().into())],
        ),
        DoubtKind::Unbalanced => t.text("doubt-unbalanced"),
        DoubtKind::Composite { items, terms } => {
            let key = if terms.is_some() { "doubt-composite-paired" } else { "doubt-composite" };
            t.with(key, &[("n", items.len().into()), ("items", items.join("; ").into())])
        }
        DoubtKind::Term(issue) => term::doubt(t, issue),
    }
}

/// What agreeing to a doubt's proposal does; nothing for one that proposes nothing.
pub(super) fn agree(t: &Catalog, kind: &DoubtKind) -> Option<String> {
    match kind {
        _ if !kind.proposes() => None,
        DoubtKind::Composite { items, .. } => Some(t.with("agree-split", &[("n", items.len().into())])),
        _ => Some(t.text("agree-replace")),
    }
}
