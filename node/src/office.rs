//! Writers of office files, made of nothing but XML and a zip container.
//!
//! The same input gives the same bytes on every machine: no clock, no locale, fixed times inside the container.
//! What a report says is not decided here; see [`crate::reports`].

pub mod docx;
mod package;
mod xml;

pub use package::PackageError;
