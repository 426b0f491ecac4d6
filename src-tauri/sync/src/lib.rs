//! Encrypted synchronisation of configuration between devices.
//!
//! The room stands empty: configuration stays on its machine so far.
//!
//! What is built here seals what leaves the machine with a key that only the user's devices have.
//! It must not know routing, vendors' protocols or the store's SQL; the engine gives it documents
//! and takes merged ones back.
