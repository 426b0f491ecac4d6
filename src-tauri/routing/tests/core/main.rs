#![cfg(test)]
//! The decision core, told what happens and asked what it decides.

mod budgets;
mod properties;
mod quotas;
mod scene;
mod strategies;
