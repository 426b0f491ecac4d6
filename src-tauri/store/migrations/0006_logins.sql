-- Logins at vendors. The tokens are the account's secret: `accounts.sealed` holds them as one sealed
-- document where a row stands here, and a plain key where none does.
CREATE TABLE logins (
    account  TEXT    NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    state    TEXT    NOT NULL CHECK (state IN ('ok', 'sign_in_again')),
    reason   TEXT,
    -- What is known of the login and is no secret: JSON as `LoginFacts` writes it.
    facts    TEXT    NOT NULL,
    saved_at INTEGER NOT NULL
) STRICT;

-- Whether an account of a vendor that restricts its logins serves other clients too.
ALTER TABLE accounts ADD COLUMN any_client INTEGER NOT NULL DEFAULT 0 CHECK (any_client IN (0, 1));

-- The way out of an account's requests. Sealed, since a password may stand in it.
ALTER TABLE accounts ADD COLUMN proxy BLOB;

-- Quota windows as last read: JSON as `QuotaWindow` writes it.
CREATE TABLE quota_windows (
    account     TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    document    TEXT    NOT NULL,
    observed_at INTEGER NOT NULL,
    PRIMARY KEY (account, name)
) STRICT;
