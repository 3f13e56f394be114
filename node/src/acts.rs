//! Acts and the frozen report: what can be checked years later by somebody who has one file and no database.
//!
//! A submission is an [`Act`]: the table of values that an organisation signs. A frozen report is a file of such acts
//! with the passports they were filled in under, the figures that follow from them, and the statements of the roster that
//! say whose keys signed. [`verify`](verify::verify) works every figure out again from the acts.
//!
//! Nothing here knows a store, a document, a clock or a page; what it needs of this program is [`crate::domain`], and of
//! the core keys, roster and bytes. A test of the tree keeps it so, because a third party shall be able to build the
//! verification alone.

pub mod act;
pub mod container;
pub mod endorsement;
pub mod file;
pub mod report;
pub mod signer;
pub mod verify;

pub use act::{Act, ActValue, Answers, SignedAct};
pub use endorsement::{Endorsement, Role, SignedEndorsement};
pub use report::Report;
pub use signer::{Signer, SignerFault};
