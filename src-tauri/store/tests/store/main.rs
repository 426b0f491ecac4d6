//! The store's contract, from outside.
#![cfg(test)]

mod accounts;
mod bodies;
mod combos;
mod examining;
mod exchange;
mod faults;
mod history;
mod keychains;
mod keys;
mod locks;
mod logins;
mod opening;
mod recording;
mod requests;
mod scene;
mod secrets;
mod survival;
mod tool_keys;
mod transfers;
mod vendors;
