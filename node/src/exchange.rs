//! Tables of the outer world: what is read from Word, Excel and CSV files, and what is written back.
//!
//! A reader per format makes one neutral [`table::Document`]; [`import::import`] maps it to a roadmap with the doubts
//! a person has to look at; writers make form D again. Nothing that stands in a file is dropped: what fits nowhere is
//! kept and doubted. Bytes come from strangers: every reader has bounds, and a refusal names its reason.

pub mod csv;
mod docx;
pub mod form_d;
pub mod import;
mod package;
pub mod read;
pub mod refusal;
pub mod table;
mod xlsx;
pub mod xlsx_writer;
