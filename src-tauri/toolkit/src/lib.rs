//! The writers of coding tools' configuration: detect, plan, apply, verify, revert.
//!
//! The room stands empty: tools are pointed at Switchyard by hand so far, as the README shows.
//!
//! What is built here touches only files that it knows, keeps every byte that it does not mean to
//! change, and can undo each edit. It must not know routing, vendors or HTTP; the engine gives it
//! an address, a key and model names.
