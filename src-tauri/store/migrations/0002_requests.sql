-- Requests with their usage, cost and decision trace. Ids sort by time.
-- Money is in billionths of a US dollar. No reference to accounts: history outlives them.
CREATE TABLE requests (
    id             TEXT    NOT NULL PRIMARY KEY,
    at             INTEGER NOT NULL,
    dialect        TEXT    NOT NULL,
    model          TEXT    NOT NULL,
    combo          TEXT,
    stream         INTEGER NOT NULL CHECK (stream IN (0, 1)),
    key_name       TEXT,
    outcome        TEXT    NOT NULL,
    status         INTEGER NOT NULL,
    -- Whether another candidate than the first one tried answered.
    fell_over      INTEGER NOT NULL CHECK (fell_over IN (0, 1)),

    -- Who answered: all five or none.
    vendor         TEXT,
    account        TEXT,
    account_name   TEXT,
    vendor_model   TEXT,
    vendor_dialect TEXT,

    first_content  INTEGER CHECK (first_content >= 0),
    millis         INTEGER NOT NULL CHECK (millis >= 0),

    -- Tokens: all five or none.
    input          INTEGER CHECK (input >= 0),
    output         INTEGER CHECK (output >= 0),
    cache_read     INTEGER CHECK (cache_read >= 0),
    cache_write    INTEGER CHECK (cache_write >= 0),
    reasoning      INTEGER CHECK (reasoning >= 0),
    cost           INTEGER,

    error          TEXT,

    -- The trace: JSON arrays as the admin API shows them.
    attempts       TEXT    NOT NULL,
    skipped        TEXT    NOT NULL,
    losses         TEXT    NOT NULL,

    CHECK ((vendor IS NULL) = (account IS NULL)
       AND (vendor IS NULL) = (account_name IS NULL)
       AND (vendor IS NULL) = (vendor_model IS NULL)
       AND (vendor IS NULL) = (vendor_dialect IS NULL)),
    CHECK ((input IS NULL) = (output IS NULL)
       AND (input IS NULL) = (cache_read IS NULL)
       AND (input IS NULL) = (cache_write IS NULL)
       AND (input IS NULL) = (reasoning IS NULL))
) STRICT;

-- Carries all that the sums of a span need, so that they never touch the wide rows.
CREATE INDEX requests_sums ON requests
    (at, outcome, fell_over, input, output, cache_read, cache_write, reasoning, cost);
CREATE INDEX requests_served ON requests (account, vendor_model, at) WHERE account IS NOT NULL;
CREATE INDEX requests_vendor ON requests (vendor, at) WHERE vendor IS NOT NULL;
