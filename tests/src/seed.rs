//! The roadmap of a real network, as the lead centre published it: what every test loads.

use std::path::PathBuf;

use crate::tree::root;

/// Rows of the roadmap.
pub const ITEMS: u64 = 20;
/// Sections of the roadmap.
pub const SECTIONS: u64 = 5;

/// The five municipal centres by their short names, the lead first.
pub const MEMBERS: [&str; 5] = ["Выселковский", "Динской", "Кореновский", "Крыловской", "Мостовской"];

/// The table as a Word document.
pub fn roadmap_docx() -> PathBuf {
    root().join("tests/data/seed/roadmap-network.docx")
}
