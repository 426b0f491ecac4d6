use switchyard_catalog::{Catalog, Vendor};
use switchyard_types::{NewVendor, VendorProblem, VendorView};

use crate::{Engine, EngineError};

impl Engine {
    /// Every vendor of the catalog and every custom endpoint.
    pub fn vendors(&self) -> Vec<VendorView> {
        self.live().catalog.vendors().iter().map(Vendor::view).collect()
    }

    /// What is wrong with vendor files of the user's, by their names.
    pub fn vendor_problems(&self) -> Vec<VendorProblem> {
        self.live().vendor_problems.to_vec()
    }

    /// Adds a custom endpoint.
    pub async fn add_vendor(&self, vendor: &NewVendor) -> Result<VendorView, EngineError> {
        let _writing = self.inner.writing.lock().await;
        let live = self.live();
        let prefix = vendor.prefix.trim();
        if live.catalog.by_prefix(prefix).is_some() {
            return Err(EngineError::Conflict {
                message: format!("the prefix {prefix:?} is taken"),
                hint: Some("choose another prefix".to_owned()),
            });
        }
        // The prefix is unique among all vendors, so it serves as the id too.
        let catalog = Catalog::clone(&live.catalog).with_custom(prefix, vendor)?;
        drop(live);
        self.inner.store.add_custom_vendor(prefix, vendor).await?;
        self.reload().await?;
        made(&catalog, prefix)
    }

    /// What the user said of a custom endpoint.
    pub async fn custom_vendor(&self, id: &str) -> Result<NewVendor, EngineError> {
        let all = self.inner.store.custom_vendors().await?;
        let held = all.into_iter().find_map(|(other, vendor)| (other == id).then_some(vendor));
        held.ok_or_else(|| EngineError::NotFound { what: "custom endpoint", name: id.to_owned() })
    }

    /// Changes a custom endpoint but for its prefix, by which combos name its models. Its accounts and their keys
    /// are used at the new address from then on.
    pub async fn change_vendor(
        &self,
        id: &str,
        vendor: &NewVendor,
    ) -> Result<VendorView, EngineError> {
        let _writing = self.inner.writing.lock().await;
        let held = self.custom_vendor(id).await?;
        if vendor.prefix.trim() != held.prefix.trim() {
            return Err(EngineError::invalid(
                format!("the prefix of {id} stays {:?}", held.prefix),
                "add another endpoint for another prefix",
            ));
        }
        let live = self.live();
        let catalog = Catalog::clone(&live.catalog);
        drop(live);
        let catalog = catalog.without(id)?.with_custom(id, vendor)?;
        self.inner.store.change_custom_vendor(id, vendor).await?;
        self.reload().await?;
        made(&catalog, id)
    }

    /// Removes a custom endpoint that no account uses.
    pub async fn remove_vendor(&self, id: &str) -> Result<(), EngineError> {
        let _writing = self.inner.writing.lock().await;
        let custom = self.live().catalog.vendor(id).map(|vendor| vendor.custom);
        match custom {
            None => {
                return Err(EngineError::NotFound { what: "vendor", name: id.to_owned() });
            }
            Some(false) => {
                return Err(EngineError::Conflict {
                    message: format!("{id} comes with the program and cannot be removed"),
                    hint: Some("remove its accounts to stop using it".to_owned()),
                });
            }
            Some(true) => {}
        }
        self.inner.store.remove_custom_vendor(id).await?;
        self.reload().await
    }
}

/// A vendor of a catalog that was made with it.
fn made(catalog: &Catalog, id: &str) -> Result<VendorView, EngineError> {
    catalog
        .vendor(id)
        .map(Vendor::view)
        .ok_or_else(|| EngineError::NotFound { what: "vendor", name: id.to_owned() })
}
