//! The dashboard: what Switchyard does now, and everything that a user sets up.
//!
//! [`mount`] puts it on the page. `facts` decides what can be decided without a browser and is
//! tested natively; `browser` is the way to the server, the address bar and the clipboard; `App`
//! holds what the server said; `parts` are the pieces that pages share; `pages` are the pages, each with its
//! words in one place.
//!
//! It must not know how requests are routed, what a vendor speaks, or where anything is stored: it shows what the
//! admin API says in `switchyard-types`, and a reload shows the same.

mod facts;
