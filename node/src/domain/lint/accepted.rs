//! Which questions were answered with «так и надо»: lines of an item's field `accepted`.
//!
//! ```text
//! order-after-work#91c2a07e приказ издан в декабре, в плане срок опубликования
//! ```

use super::{Finding, LintKind};
use crate::domain::plan::{Item, ItemField};

/// An accepted question, as its line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// What was asked.
    pub kind: LintKind,
    /// The reason.
    pub reason: String,
    print: String,
}

impl Acceptance {
    /// Reads the field; lines of later programs are passed over.
    pub fn all(text: &str) -> impl Iterator<Item = Self> {
        text.lines().filter_map(|line| {
            let (head, reason) = line.split_once(' ')?;
            let (kind, print) = head.split_once('#')?;
            Some(Self { kind: LintKind::of_key(kind)?, print: print.to_owned(), reason: reason.to_owned() })
        })
    }

    fn is_of(&self, finding: &Finding) -> bool {
        self.kind == finding.kind && self.print == print(finding)
    }
}

/// Why a finding is meant so, if the item says it of this text.
pub(super) fn reason(item: &Item, finding: &Finding) -> Option<String> {
    Acceptance::all(item.text(ItemField::Accepted)).find(|it| it.is_of(finding)).map(|it| it.reason)
}

/// The field with one more accepted question, whatever was said of that question before replaced.
pub fn with_acceptance(text: &str, finding: &Finding, reason: &str) -> String {
    let line = format!("{}#{} {}", finding.kind.key(), print(finding), reason.replace('\n', " "));
    let kept = without_acceptance(text, finding);
    if kept.is_empty() { line } else { format!("{kept}\n{line}") }
}

/// The field without what was said of this question.
pub fn without_acceptance(text: &str, finding: &Finding) -> String {
    let is_it = |line: &&str| Acceptance::all(line).any(|it| it.is_of(finding));
    text.lines().filter(|it| !is_it(it)).collect::<Vec<_>>().join("\n")
}

/// A print of what is asked: FNV-1a of 32 bits. It only has to notice that a text has changed.
pub(super) fn print(finding: &Finding) -> String {
    let bytes = [finding.field.key(), &finding.found, &finding.other].join("\u{1f}");
    let hash =
        bytes.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::RowId;

    #[test]
    fn a_question_is_accepted_until_its_text_changes() {
        let question = |found: &str| Finding {
            kind: LintKind::OtherYear,
            row: RowId("a".into()),
            field: ItemField::Title,
            found: found.into(),
            other: String::new(),
            accepted: None,
        };
        let (one, other) = (question("«Поиск 2022»"), question("«Поиск 2021»"));
        let text = with_acceptance("later-kind#00 из другой программы", &one, "так в\nприказе");
        assert_eq!(Acceptance::all(&text).map(|it| it.reason).collect::<Vec<_>>(), ["так в приказе"]);
        assert!(Acceptance::all(&text).any(|it| it.is_of(&one)));
        assert!(!Acceptance::all(&text).any(|it| it.is_of(&other)));
        let again = with_acceptance(&text, &one, "иначе");
        assert_eq!(again.lines().count(), 2, "{again}");
        assert_eq!(without_acceptance(&again, &one), "later-kind#00 из другой программы");
    }
}
