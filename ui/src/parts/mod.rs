//! Pieces that pages share.

pub(crate) mod chooser;
pub(crate) mod copy;
pub(crate) mod dialog;
pub(crate) mod field;
pub(crate) mod form;
pub(crate) mod gate;
pub(crate) mod icon;
pub(crate) mod link;
pub(crate) mod meter;
pub(crate) mod more;
pub(crate) mod notices;
pub(crate) mod plot;
pub(crate) mod range;
pub(crate) mod rows;
pub(crate) mod select;
pub(crate) mod sending;
pub(crate) mod signal;
pub(crate) mod tile;
pub(crate) mod time;
pub(crate) mod words;
