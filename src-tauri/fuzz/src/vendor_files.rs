//! Vendor files and addresses that a user gives.

use switchyard_catalog::{Catalog, check_base_url};

/// Reads the bytes as a vendor's file, as a change of one, and as an address.
pub fn load(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(catalog) = Catalog::from_files(&[("fuzz.toml", text)]) {
        for vendor in catalog.vendors() {
            assert_eq!(catalog.vendor(&vendor.id).map(|known| &known.id), Some(&vendor.id));
        }
    }
    // What a change leaves out is taken from what ships: both must stand together or be refused.
    if let Ok(catalog) = Catalog::builtin().and_then(|ships| ships.with_change("fuzz.toml", text)) {
        assert!(!catalog.vendors().is_empty());
    }
    if let Ok(url) = check_base_url(text, false) {
        assert!(matches!(url.scheme(), "http" | "https"), "{url}");
        assert!(url.username().is_empty() && url.password().is_none(), "{url}");
    }
}
