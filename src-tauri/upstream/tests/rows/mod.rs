//! Rows of the catalog, their addresses led to a simulator.
#![allow(unreachable_pub, missing_docs, reason = "a harness, not a library")]

use switchyard_catalog::{Catalog, Vendor};

/// The row with every address at the simulator.
pub fn moved(id: &str, text: &str, root: &str) -> Vendor {
    let mut out = String::from("allow_private = true\n");
    // Where a person gets a key is no address that anything is sent to.
    for line in text.lines().filter(|line| !line.starts_with("key_url")) {
        let mut line = line.to_owned();
        while let Some((before, rest)) = line.split_once("\"https://") {
            let (_, path) = rest.split_at(rest.find(['/', '"']).unwrap());
            line = format!("{before}\"{root}{path}");
        }
        out.push_str(&line);
        out.push('\n');
    }
    Catalog::from_files(&[(&format!("{id}.toml"), &out)]).unwrap().vendor(id).unwrap().clone()
}
