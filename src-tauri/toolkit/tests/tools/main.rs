//! Every tool's writer and guide, in home folders of their own.
#![cfg(test)]

mod beside;
mod folders;
mod found;
#[path = "../toolkit/generate.rs"]
mod generate;
mod generated;
mod guides;
mod particular;
mod world;
mod writers;
