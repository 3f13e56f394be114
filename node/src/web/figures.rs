//! «Показатели»: what the lead asks for, what each organisation says, and the joint report that follows.

pub(crate) mod words;
