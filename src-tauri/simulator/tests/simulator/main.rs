//! The simulator as its clients meet it: on the wire.
#![cfg(test)]

mod dialects;
mod faults;
mod scripts;
mod wire;
