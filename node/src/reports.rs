//! Reports: what the network did in a period, as data and as files.
//!
//! [`compile`](compile::compile) makes a [`Report`](model::Report) from a plan's view alone: no store, no clock. The
//! writers turn it into Word, Excel and a page; they decide how it looks and nothing else. The same report gives the
//! same bytes, and every status in it names the signed entry that it comes from.

pub mod compile;
pub mod docx;
pub mod form;
pub mod html;
pub mod joint;
mod layout;
pub mod model;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod words;
pub mod xlsx;
