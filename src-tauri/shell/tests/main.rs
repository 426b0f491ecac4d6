//! The real program on a screen and a session bus of its own, its tray's menu read and clicked as
//! a desktop's panel does it, its notifications as a desktop's service of them.
#![cfg(test)]
#![cfg(target_os = "linux")]

mod commands;
mod desk;
mod driver;
mod idle;
mod links;
mod menu;
mod notifications;
mod real;
mod scene;
mod tray;
mod updates;
mod window;
