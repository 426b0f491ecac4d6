-- How combos choose, what may be spent, and what holds for client keys and paths.
-- Words are those of the admin API. Shares are in hundredths of a percent.

ALTER TABLE combos ADD COLUMN strategy TEXT NOT NULL DEFAULT 'fallback';
-- How many in a row, under round robin alone.
ALTER TABLE combos ADD COLUMN sticky INTEGER CHECK (sticky >= 0);
ALTER TABLE combos ADD COLUMN grouping TEXT NOT NULL DEFAULT 'as_listed';
ALTER TABLE combos ADD COLUMN account_order TEXT;
ALTER TABLE combos ADD COLUMN account_sticky INTEGER CHECK (account_sticky >= 0);

-- No reference to accounts: a candidate whose account is gone says so, rather than vanish.
ALTER TABLE combo_candidates ADD COLUMN account TEXT;
ALTER TABLE combo_candidates ADD COLUMN weight INTEGER NOT NULL DEFAULT 1 CHECK (weight >= 0);
ALTER TABLE combo_candidates ADD COLUMN min_tokens INTEGER CHECK (min_tokens >= 0);
ALTER TABLE combo_candidates ADD COLUMN max_tokens INTEGER CHECK (max_tokens >= 0);
ALTER TABLE combo_candidates ADD COLUMN images TEXT NOT NULL DEFAULT 'any';
ALTER TABLE combo_candidates ADD COLUMN tools TEXT NOT NULL DEFAULT 'any';
ALTER TABLE combo_candidates ADD COLUMN thinking TEXT NOT NULL DEFAULT 'any';
-- Days as bits, Monday the lowest; minutes of the local day. All three or none.
ALTER TABLE combo_candidates ADD COLUMN hours_days INTEGER CHECK (hours_days BETWEEN 0 AND 127);
ALTER TABLE combo_candidates ADD COLUMN hours_from INTEGER CHECK (hours_from BETWEEN 0 AND 1440);
ALTER TABLE combo_candidates ADD COLUMN hours_to INTEGER CHECK (hours_to BETWEEN 0 AND 1440);
-- A period with money (nano-dollars) or tokens, or nothing.
ALTER TABLE combo_candidates ADD COLUMN budget_period TEXT;
ALTER TABLE combo_candidates ADD COLUMN budget_money INTEGER;
ALTER TABLE combo_candidates ADD COLUMN budget_tokens INTEGER CHECK (budget_tokens >= 0);

-- Whose spending counts is what is named; nothing named counts everybody's.
CREATE TABLE budgets (
    id         TEXT NOT NULL PRIMARY KEY,
    combo      TEXT,
    account    TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    client     TEXT REFERENCES client_keys (id) ON DELETE CASCADE,
    period     TEXT NOT NULL,
    money      INTEGER,
    tokens     INTEGER CHECK (tokens >= 0),
    strictness TEXT NOT NULL,
    CHECK ((combo IS NOT NULL) + (account IS NOT NULL) + (client IS NOT NULL) <= 1),
    CHECK ((money IS NULL) <> (tokens IS NULL))
) STRICT;

-- What a key may do goes with it. A combo that is named and gone refuses, rather than let everything by.
CREATE TABLE client_rules (
    client     TEXT NOT NULL PRIMARY KEY REFERENCES client_keys (id) ON DELETE CASCADE,
    combo      TEXT,
    per_minute INTEGER CHECK (per_minute > 0),
    -- JSON: a list of patterns, and a list of pairs.
    models     TEXT NOT NULL,
    mapping    TEXT NOT NULL
) STRICT;

CREATE TABLE path_rules (
    path       TEXT NOT NULL PRIMARY KEY,
    combo      TEXT,
    per_minute INTEGER CHECK (per_minute > 0),
    models     TEXT NOT NULL,
    mapping    TEXT NOT NULL
) STRICT;

CREATE TABLE vendor_orders (
    vendor   TEXT NOT NULL PRIMARY KEY,
    accounts TEXT NOT NULL,
    sticky   INTEGER CHECK (sticky >= 0)
) STRICT;

-- The use of a quota window at which an account is left, and at which all others are.
CREATE TABLE early_leaves (
    account TEXT    NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    used    INTEGER NOT NULL CHECK (used BETWEEN 0 AND 10000)
) STRICT;

ALTER TABLE settings ADD COLUMN leave_at INTEGER CHECK (leave_at BETWEEN 0 AND 10000);

-- What routing has learnt and must know again after a restart.
CREATE TABLE routing_windows (
    account     TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    -- The part of the models' ids that it counts; empty counts all.
    models      TEXT    NOT NULL,
    used        INTEGER CHECK (used >= 0),
    resets_at   INTEGER,
    length      INTEGER,
    source      TEXT    NOT NULL,
    observed_at INTEGER NOT NULL,
    left_early  INTEGER NOT NULL CHECK (left_early IN (0, 1)),
    PRIMARY KEY (account, name, models)
) STRICT, WITHOUT ROWID;

CREATE TABLE routing_sessions (
    -- A hash in hexadecimal digits.
    session      TEXT    NOT NULL PRIMARY KEY,
    account      TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    model        TEXT    NOT NULL,
    home_account TEXT    REFERENCES accounts (id) ON DELETE CASCADE,
    home_model   TEXT,
    last_used    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX routing_sessions_used ON routing_sessions (last_used);

CREATE TABLE routing_spending (
    budget TEXT    NOT NULL,
    -- When the period began.
    start  INTEGER NOT NULL,
    -- Nano-dollars or tokens, as the budget's limit.
    spent  INTEGER NOT NULL,
    PRIMARY KEY (budget, start)
) STRICT, WITHOUT ROWID;

-- What was told, and until when that is remembered.
CREATE TABLE routing_told (
    told  TEXT    NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Spent windows whose reset is still to be told.
CREATE TABLE routing_awaited (
    run       TEXT    NOT NULL PRIMARY KEY,
    account   TEXT    NOT NULL,
    window    TEXT    NOT NULL,
    resets_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The notices themselves, for whoever was away; JSON as the admin API shows them.
CREATE TABLE notices (
    id     INTEGER NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    notice TEXT    NOT NULL
) STRICT;

-- What a request's plan was; JSON as the admin API shows it.
ALTER TABLE requests ADD COLUMN plan TEXT;
