-- What the user configured, and what keeps accounts from serving.
-- Times are UTC milliseconds. Words of enums are those of the admin API.

-- "SWYD": tells a database of this program from any other SQLite file.
PRAGMA application_id = 0x53575944;

-- A known text sealed under the data key: recognises a wrong key before it does harm.
CREATE TABLE data_key_check (
    id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sealed BLOB    NOT NULL
) STRICT;

CREATE TABLE accounts (
    id           TEXT    NOT NULL PRIMARY KEY,
    vendor       TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    enabled      INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    priority     INTEGER NOT NULL,
    key_hint     TEXT,
    sealed       BLOB,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;

CREATE INDEX accounts_vendor ON accounts (vendor);

CREATE TABLE locks (
    account     TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    model       TEXT,
    class       TEXT    NOT NULL,
    message     TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    from_vendor INTEGER NOT NULL CHECK (from_vendor IN (0, 1)),
    step        INTEGER NOT NULL CHECK (step >= 0)
) STRICT;

-- One lock a model, and one for the whole account (no model).
CREATE UNIQUE INDEX locks_model ON locks (account, model) WHERE model IS NOT NULL;
CREATE UNIQUE INDEX locks_account ON locks (account) WHERE model IS NULL;
CREATE INDEX locks_until ON locks (until);

CREATE TABLE custom_vendors (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    prefix        TEXT    NOT NULL UNIQUE,
    dialect       TEXT    NOT NULL,
    base_url      TEXT    NOT NULL,
    allow_private INTEGER NOT NULL CHECK (allow_private IN (0, 1)),
    tier          TEXT    NOT NULL
) STRICT;

CREATE TABLE custom_vendor_models (
    vendor   TEXT    NOT NULL REFERENCES custom_vendors (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    model    TEXT    NOT NULL,
    PRIMARY KEY (vendor, position)
) STRICT;

CREATE TABLE combos (
    name TEXT NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE combo_candidates (
    combo    TEXT    NOT NULL REFERENCES combos (name) ON UPDATE CASCADE ON DELETE CASCADE,
    position INTEGER NOT NULL,
    model    TEXT    NOT NULL,
    PRIMARY KEY (combo, position)
) STRICT;

CREATE TABLE aliases (
    alias  TEXT NOT NULL PRIMARY KEY,
    target TEXT NOT NULL
) STRICT;

-- Keys that clients send: only the SHA-256 is kept. Names are unique, since a trace tells keys
-- apart by name.
CREATE TABLE client_keys (
    id           TEXT    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,
    hint         TEXT    NOT NULL,
    hash         BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;

CREATE TABLE settings (
    id            INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    active_combo  TEXT    REFERENCES combos (name) ON UPDATE CASCADE ON DELETE SET NULL,
    keys_required INTEGER NOT NULL CHECK (keys_required IN (0, 1))
) STRICT;

INSERT INTO settings (id, active_combo, keys_required) VALUES (1, NULL, 1);
