//! Plans, writes and reverts in home folders of their own.
#![cfg(test)]

mod examples;
mod world;
