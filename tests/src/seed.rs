//! The roadmap of a real network, as the lead centre published it: what every test loads.

use std::path::PathBuf;

use crate::tree::root;

/// Rows of the roadmap.
pub const ITEMS: u64 = 20;
/// Sections of the roadmap.
pub const SECTIONS: u64 = 5;

/// Rows of the source's four plans together.
pub const ITEMS_OF_FOUR: u64 = 44;
/// Their sections: five and twice four, and the rows of the plan of interaction, which have none of their own.
pub const SECTIONS_OF_FOUR: u64 = 14;

/// The five municipal centres by their short names, the lead first.
pub const MEMBERS: [&str; 5] = ["Выселковский", "Динской", "Кореновский", "Крыловской", "Мостовской"];

/// The table as a Word document.
pub fn roadmap_docx() -> PathBuf {
    root().join("tests/data/seed/roadmap-network.docx")
}
