use std::collections::HashMap;

use switchyard_types::NewVendor;

use crate::change::{self, ChangeFile};
use crate::custom::{self, CustomError};
use crate::vendor::{Model, Vendor};
use crate::{builtin, file};

/// Every vendor, by id and by prefix.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    vendors: Vec<Vendor>,
    /// Ids and prefixes to an index of `vendors`.
    by_name: HashMap<String, usize>,
}

/// Why a vendor does not enter the catalog.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// A file is no TOML of the expected shape.
    #[error("reading vendors/{file}: {error}")]
    Parse {
        /// The file's name.
        file: String,
        /// What is wrong, and where.
        error: Box<toml::de::Error>,
    },
    /// A file says something that cannot be.
    #[error("checking vendors/{file}: {reason}")]
    Invalid {
        /// The file's name.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// Two vendors claim one id or prefix.
    #[error("adding {vendor}: “{name}” already means {holder}; choose another")]
    Taken {
        /// The vendor to be added.
        vendor: String,
        /// The id or prefix.
        name: String,
        /// The vendor that has it.
        holder: String,
    },
    /// A custom vendor says something that cannot be.
    #[error(transparent)]
    Custom(#[from] CustomError),
}

impl Catalog {
    /// The vendors that are built in, in the order of their names.
    pub fn builtin() -> Result<Self, CatalogError> {
        Self::from_files(builtin::FILES)
    }

    /// Reads files, each its name and its text.
    pub fn from_files(files: &[(&str, &str)]) -> Result<Self, CatalogError> {
        let mut vendors = Vec::with_capacity(files.len());
        for (name, text) in files {
            vendors.push(file::read(name, text)?);
        }
        vendors.sort_by_cached_key(|vendor| vendor.name.to_lowercase());
        vendors.into_iter().try_fold(Self::default(), Self::with)
    }

    /// The catalog with a vendor out of a file of the user's: it takes the place of a vendor with the same
    /// id, or comes last.
    pub fn with_file(self, name: &str, text: &str) -> Result<Self, CatalogError> {
        let vendor = file::read(name, text)?;
        if self.vendor(&vendor.id).is_none() {
            return self.with(vendor);
        }
        let mut vendors = self.vendors;
        for known in vendors.iter_mut().filter(|known| known.id == vendor.id) {
            known.clone_from(&vendor);
        }
        vendors.into_iter().try_fold(Self::default(), Self::with)
    }

    /// Whether a file of the user's changes models of a vendor, rather than describing a vendor: such files are
    /// taken after all others.
    pub fn is_change(text: &str) -> bool {
        change::is_change(text)
    }

    /// The catalog with some models of a known vendor changed or added, by a file of the user's.
    pub fn with_change(mut self, name: &str, text: &str) -> Result<Self, CatalogError> {
        let file: ChangeFile = toml::from_str(text).map_err(|error| CatalogError::Parse {
            file: name.to_owned(),
            error: Box::new(error),
        })?;
        let invalid = |reason| CatalogError::Invalid { file: name.to_owned(), reason };
        let id = file.changes.clone();
        let vendor = self.vendors.iter_mut().find(|vendor| vendor.id == id);
        let vendor = vendor.ok_or_else(|| invalid(format!("there is no vendor “{id}”")))?;
        file.apply(vendor).map_err(invalid)?;
        Ok(self)
    }

    /// The catalog with a vendor of the user's own, last in order.
    pub fn with_custom(self, id: &str, new: &NewVendor) -> Result<Self, CatalogError> {
        self.with(custom::vendor(id, new)?)
    }

    /// The catalog without a vendor.
    pub fn without(self, id: &str) -> Result<Self, CatalogError> {
        let kept = self.vendors.into_iter().filter(|vendor| vendor.id != id);
        kept.into_iter().try_fold(Self::default(), Self::with)
    }

    /// Adds models to a vendor, behind those that it lists; one that it lists stays as it is.
    pub fn add_models(&mut self, id: &str, models: impl IntoIterator<Item = Model>) {
        if let Some(vendor) = self.vendors.iter_mut().find(|vendor| vendor.id == id) {
            vendor.add_models(models);
        }
    }

    /// All vendors: the built-in ones by name, then custom ones as they were added.
    pub fn vendors(&self) -> &[Vendor] {
        &self.vendors
    }

    /// A vendor by its id.
    pub fn vendor(&self, id: &str) -> Option<&Vendor> {
        self.by_prefix(id).filter(|vendor| vendor.id == id)
    }

    /// A vendor by its prefix, by another accepted prefix or by its id.
    pub fn by_prefix(&self, prefix: &str) -> Option<&Vendor> {
        self.by_name.get(prefix).and_then(|&index| self.vendors.get(index))
    }

    fn with(mut self, vendor: Vendor) -> Result<Self, CatalogError> {
        let index = self.vendors.len();
        for name in [vendor.id.as_str()].into_iter().chain(vendor.prefixes()) {
            match self.by_name.insert(name.to_owned(), index) {
                None => {}
                // An id that is its own prefix.
                Some(holder) if holder == index => {}
                Some(holder) => {
                    let holder = self.vendors.get(holder).map_or("", |vendor| &vendor.id);
                    return Err(CatalogError::Taken {
                        vendor: vendor.id.clone(),
                        name: name.to_owned(),
                        holder: holder.to_owned(),
                    });
                }
            }
        }
        self.vendors.push(vendor);
        Ok(self)
    }
}
