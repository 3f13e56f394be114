//! Changes made to do harm.
