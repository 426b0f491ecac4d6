//! Where the data key comes from: the environment, the system's keychain, or a file in the folder.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use switchyard_types::{DataKeySource, Secret};
use zeroize::Zeroizing;

use crate::error::while_touching;
use crate::folder;
use crate::inspect::Found;
use crate::keychain::KeychainError;
use crate::seal::{Binding, Sealer};
use crate::{Place, StoreError, durable, random, words};

/// The key that seals secrets, and where it is kept.
#[derive(Clone)]
pub(crate) struct DataKey {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) source: DataKeySource,
    /// The keychain's name for it.
    pub(crate) entry: Option<String>,
}

/// What the check value in the database says when it is opened.
const CHECK_TEXT: &str = "switchyard data key";
const CHECK_PLACE: Binding<'static> =
    Binding { table: "data_key_check", column: "sealed", row: "1" };

/// Where what other keys are derived from stands.
pub(crate) const ROOT_PLACE: Binding<'static> =
    Binding { table: "data_key_check", column: "root", row: "1" };

/// Where a database says that its key is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keeping {
    pub(crate) source: Option<DataKeySource>,
    pub(crate) entry: Option<String>,
    /// The key before this one, until every value is seen to open under this one.
    pub(crate) former: Option<DataKeySource>,
    pub(crate) former_entry: Option<String>,
}

impl DataKey {
    fn new(bytes: Zeroizing<[u8; 32]>, source: DataKeySource, entry: Option<String>) -> Self {
        Self { sealer: Arc::new(Sealer::new(bytes)), source, entry }
    }

    /// The key for what was found: the one that made its check value, or any where there is
    /// nothing yet that a wrong key would lose. May wait for the user to unlock the keychain.
    pub(crate) fn settle(place: &Place, found: Option<&Found>) -> Result<Self, StoreError> {
        if let Some(text) = &place.data_key {
            let key = Self::given(text)?;
            return match found.filter(|found| found.has_secrets && !key.made(&found.check)) {
                Some(_) => Err(wrong(place, DataKeySource::Environment)),
                None => Ok(key),
            };
        }
        match found {
            Some(found) if found.has_secrets => Self::that_made(place, found),
            found => {
                let keeping = found.map(|found| &found.keeping);
                match Self::whichever(place, keeping)? {
                    Some(key) => Ok(key),
                    None => Self::make_anywhere(place),
                }
            }
        }
    }

    /// The key that opens what is there. None is ever made in its stead.
    fn that_made(place: &Place, found: &Found) -> Result<Self, StoreError> {
        let in_keychain = found.keeping.source == Some(DataKeySource::Keychain);
        let kept = in_keychain.then(|| Self::from_keychain(place, found.keeping.entry.as_deref()));
        if let Some(Ok(key)) = &kept
            && key.made(&found.check)
        {
            return Ok(key.clone());
        }
        let files = files(place).into_iter().filter_map(|path| from_file(&path).transpose());
        let mut malformed = None;
        let mut any = false;
        for key in files {
            match key {
                Ok(key) if key.made(&found.check) => return Ok(key),
                Ok(_) => any = true,
                Err(error) => malformed = Some(error),
            }
        }
        match kept {
            Some(Err(error)) => return Err(error),
            Some(Ok(_)) => return Err(wrong(place, DataKeySource::Keychain)),
            None => {}
        }
        Err(match malformed {
            _ if any => wrong(place, DataKeySource::File),
            Some(error) => error,
            None => StoreError::MissingDataKey {
                database: place.database(),
                key_file: place.key_file(),
            },
        })
    }

    /// A key that is there already, for a database without secrets.
    fn whichever(place: &Place, keeping: Option<&Keeping>) -> Result<Option<Self>, StoreError> {
        if let Some(key) = from_file(&place.key_file())? {
            return Ok(Some(key));
        }
        let entry = keeping
            .filter(|keeping| keeping.source == Some(DataKeySource::Keychain))
            .and_then(|keeping| keeping.entry.as_deref());
        Ok(entry.and_then(|entry| Self::from_keychain(place, Some(entry)).ok()))
    }

    /// A new key in the keychain, or in a file where there is none.
    fn make_anywhere(place: &Place) -> Result<Self, StoreError> {
        if place.keychain.is_some() {
            match Self::make_in_keychain(place) {
                Ok(key) => return Ok(key),
                Err(error) => tracing::info!("the data key goes into a file: {error}"),
            }
        }
        Self::make_in_file(&place.key_file())
    }

    /// A new key in the keychain, seen to be there.
    pub(crate) fn make_in_keychain(place: &Place) -> Result<Self, StoreError> {
        let entry = format!("data-key-{}", random::letters(random::ID_LETTERS)?);
        let closed = |why: KeychainError| StoreError::KeychainClosed { why };
        let Some(keychain) = &place.keychain else {
            return Err(closed(KeychainError::Unreachable("it is switched off".to_owned())));
        };
        let bytes = Zeroizing::new(random::bytes::<32>()?);
        let text = Secret::new(STANDARD.encode(bytes.as_slice()));
        keychain.put(&entry, &text).map_err(closed)?;
        let kept = keychain.get(&entry).map_err(closed)?;
        if kept != text {
            let why = "it gave back something else than it was given".to_owned();
            return Err(closed(KeychainError::Unreachable(why)));
        }
        Ok(Self::new(bytes, DataKeySource::Keychain, Some(entry)))
    }

    /// A new key in a file.
    pub(crate) fn make_in_file(path: &Path) -> Result<Self, StoreError> {
        let bytes = Zeroizing::new(random::bytes::<32>()?);
        let text = Zeroizing::new(STANDARD.encode(bytes.as_slice()) + "\n");
        durable::write(path, text.as_bytes()).map_err(while_touching("writing", path))?;
        Ok(Self::new(bytes, DataKeySource::File, None))
    }

    /// A key that nothing keeps: for what lives in memory.
    pub(crate) fn passing() -> Result<Self, StoreError> {
        let bytes = Zeroizing::new(random::bytes::<32>()?);
        Ok(Self::new(bytes, DataKeySource::Environment, None))
    }

    /// The key that somebody gave, as in the environment.
    pub(crate) fn given(text: &Secret) -> Result<Self, StoreError> {
        let source = DataKeySource::Environment;
        let bytes = decode(text.expose()).ok_or(StoreError::MalformedDataKey { from: source })?;
        Ok(Self::new(bytes, source, None))
    }

    pub(crate) fn from_keychain(place: &Place, entry: Option<&str>) -> Result<Self, StoreError> {
        let source = DataKeySource::Keychain;
        let Some(keychain) = &place.keychain else {
            let why = KeychainError::Unreachable("it is switched off".to_owned());
            return Err(StoreError::KeychainClosed { why });
        };
        let entry = entry.unwrap_or_default();
        let text = keychain.get(entry).map_err(|why| match why {
            KeychainError::NoEntry => StoreError::KeychainEntryGone { entry: entry.to_owned() },
            KeychainError::Locked(_) | KeychainError::Unreachable(_) => {
                StoreError::KeychainClosed { why }
            }
        })?;
        let bytes = decode(text.expose()).ok_or(StoreError::MalformedDataKey { from: source })?;
        Ok(Self::new(bytes, source, Some(entry.to_owned())))
    }

    /// A value for the database that only this key opens.
    pub(crate) fn check_value(&self) -> Result<Vec<u8>, StoreError> {
        self.sealer.seal(&Secret::new(CHECK_TEXT), CHECK_PLACE)
    }

    /// Whether this key made that check value.
    pub(crate) fn made(&self, check: &[u8]) -> bool {
        self.sealer.open(check, CHECK_PLACE).is_ok_and(|text| text.expose() == CHECK_TEXT)
    }

    /// Its word in the database.
    pub(crate) fn kept_in(&self) -> &'static str {
        words::data_key_source(self.source)
    }
}

fn wrong(place: &Place, from: DataKeySource) -> StoreError {
    StoreError::WrongDataKey { from, path: place.database() }
}

/// Where the key lies while it is exchanged: the new one before the database knows it, and the one
/// before until every value is seen to open under the new one.
pub(crate) fn next_file(place: &Place) -> PathBuf {
    durable::beside(&place.key_file(), ".next")
}

pub(crate) fn former_file(place: &Place) -> PathBuf {
    durable::beside(&place.key_file(), ".old")
}

fn files(place: &Place) -> [PathBuf; 3] {
    [place.key_file(), next_file(place), former_file(place)]
}

pub(crate) fn from_file(path: &Path) -> Result<Option<DataKey>, StoreError> {
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
    Ok(Some(DataKey::new(bytes, source, None)))
}

/// 32 bytes from base64 of either alphabet, padded or not: people make keys with many tools.
pub(crate) fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let text = text.trim();
    [alphabet::STANDARD, alphabet::URL_SAFE].iter().find_map(|alphabet| {
        let decoded = Zeroizing::new(GeneralPurpose::new(alphabet, LENIENT).decode(text).ok()?);
        decoded.as_slice().try_into().ok().map(Zeroizing::new)
    })
}
