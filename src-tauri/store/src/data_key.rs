//! Where the data key comes from: one function for each source, all giving a [`DataKey`].

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use switchyard_types::{DataKeySource, Secret};
use zeroize::Zeroizing;

use crate::error::while_touching;
use crate::folder;
use crate::seal::{Binding, Sealer};
use crate::{Place, StoreError, durable, random};

/// The key that seals secrets, and where it was found.
pub(crate) struct DataKey {
    pub(crate) sealer: Sealer,
    pub(crate) source: DataKeySource,
}

/// What the check value in the database says when it is opened.
const CHECK_TEXT: &str = "switchyard data key";
const CHECK_PLACE: Binding<'static> =
    Binding { table: "data_key_check", column: "sealed", row: "1" };

impl DataKey {
    /// Finds the key. `None` when there is none yet.
    pub(crate) fn find(place: &Place) -> Result<Option<Self>, StoreError> {
        match &place.data_key {
            Some(text) => from_environment(text).map(Some),
            None => from_file(&place.key_file()),
        }
    }

    /// Makes a new key, in the folder's key file.
    pub(crate) fn make(place: &Place) -> Result<Self, StoreError> {
        let bytes = Zeroizing::new(random::bytes::<32>()?);
        let text = Zeroizing::new(STANDARD.encode(bytes.as_slice()) + "\n");
        let path = place.key_file();
        durable::write(&path, text.as_bytes()).map_err(while_touching("writing", &path))?;
        Ok(Self { sealer: Sealer::new(bytes), source: DataKeySource::File })
    }

    /// A value for the database that only this key opens.
    pub(crate) fn check_value(&self) -> Result<Vec<u8>, StoreError> {
        self.sealer.seal(&Secret::new(CHECK_TEXT), CHECK_PLACE)
    }

    /// Whether this key made that check value.
    pub(crate) fn made(&self, check: &[u8]) -> bool {
        self.sealer.open(check, CHECK_PLACE).is_ok_and(|text| text.expose() == CHECK_TEXT)
    }
}

fn from_environment(text: &Secret) -> Result<DataKey, StoreError> {
    let source = DataKeySource::Environment;
    let bytes = decode(text.expose()).ok_or(StoreError::MalformedDataKey { from: source })?;
    Ok(DataKey { sealer: Sealer::new(bytes), source })
}

fn from_file(path: &Path) -> Result<Option<DataKey>, StoreError> {
    let text = match fs::read(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(while_touching("reading", path)(error)),
    };
    folder::tighten(path)?;
    let source = DataKeySource::File;
    let bytes = std::str::from_utf8(&text)
        .ok()
        .and_then(decode)
        .ok_or(StoreError::MalformedDataKey { from: source })?;
    Ok(Some(DataKey { sealer: Sealer::new(bytes), source }))
}

/// 32 bytes from base64 of either alphabet, padded or not: people make keys with many tools.
fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let text = text.trim();
    [alphabet::STANDARD, alphabet::URL_SAFE].iter().find_map(|alphabet| {
        let decoded = Zeroizing::new(GeneralPurpose::new(alphabet, LENIENT).decode(text).ok()?);
        decoded.as_slice().try_into().ok().map(Zeroizing::new)
    })
}
