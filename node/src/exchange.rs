//! Tables of the outer world: what is read from Word, Excel and CSV files, and what is written back.
//!
//! A reader per format makes one neutral [`table::Document`]; [`import::import`] maps it to a plan in one of the four
//! forms, with the doubts a person has to look at; writers make the form again. Nothing that stands in a file is dropped: what fits nowhere is
//! kept and doubted. Bytes come from strangers: every reader has bounds, and a refusal names its reason.

mod compound;
pub mod csv;
mod docx;
pub mod form;
mod grid;
pub mod ics;
pub mod import;
mod odf;
mod package;
pub mod read;
pub mod refusal;
pub mod table;
mod xls;
mod xlsx;
pub mod xlsx_writer;
mod xml;
