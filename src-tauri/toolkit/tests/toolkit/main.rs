//! Plans, writes and reverts in home folders of their own.
#![cfg(test)]

mod crash;
mod editors;
mod examples;
mod generate;
mod places;
mod properties;
mod ways;
mod world;
