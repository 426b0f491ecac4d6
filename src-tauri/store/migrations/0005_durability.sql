-- How many changes were made to the configuration: tells a database that lost one from its saved copy.
CREATE TABLE change_count (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    count INTEGER NOT NULL CHECK (count >= 0)
) STRICT;

INSERT INTO change_count (id, count) VALUES (1, 0);

-- Where the data key is kept, and the one before it, until every value is seen to open under the new one.
ALTER TABLE data_key_check ADD COLUMN kept_in TEXT;
ALTER TABLE data_key_check ADD COLUMN key_id TEXT;
ALTER TABLE data_key_check ADD COLUMN former_kept_in TEXT;
ALTER TABLE data_key_check ADD COLUMN former_id TEXT;

-- What keys for other files are derived from; sealed. Without it, the data key itself.
ALTER TABLE data_key_check ADD COLUMN root BLOB;

-- Sums of requests, which outlive them. Empty text where there is none of the thing.
CREATE TABLE usage_hours (
    -- When the hour begins.
    start       INTEGER NOT NULL,
    vendor      TEXT    NOT NULL,
    account     TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    combo       TEXT    NOT NULL,
    key_name    TEXT    NOT NULL,
    requests    INTEGER NOT NULL,
    fell_over   INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    millis      INTEGER NOT NULL,
    input       INTEGER NOT NULL,
    output      INTEGER NOT NULL,
    cache_read  INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    reasoning   INTEGER NOT NULL,
    cost        INTEGER NOT NULL,
    PRIMARY KEY (start, vendor, account, model, combo, key_name)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_days (
    -- When the day begins, UTC.
    start       INTEGER NOT NULL,
    vendor      TEXT    NOT NULL,
    account     TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    combo       TEXT    NOT NULL,
    key_name    TEXT    NOT NULL,
    requests    INTEGER NOT NULL,
    fell_over   INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    millis      INTEGER NOT NULL,
    input       INTEGER NOT NULL,
    output      INTEGER NOT NULL,
    cache_read  INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    reasoning   INTEGER NOT NULL,
    cost        INTEGER NOT NULL,
    PRIMARY KEY (start, vendor, account, model, combo, key_name)
) STRICT, WITHOUT ROWID;

INSERT INTO usage_hours
SELECT at / 3600000 * 3600000, COALESCE(vendor, ''), COALESCE(account, ''),
       COALESCE(vendor_model, model), COALESCE(combo, ''), COALESCE(key_name, ''),
       COUNT(*), SUM(fell_over), COUNT(*) FILTER (WHERE outcome IN ('exhausted', 'broken')),
       CAST(TOTAL(millis) AS INTEGER), CAST(TOTAL(input) AS INTEGER),
       CAST(TOTAL(output) AS INTEGER), CAST(TOTAL(cache_read) AS INTEGER),
       CAST(TOTAL(cache_write) AS INTEGER), CAST(TOTAL(reasoning) AS INTEGER),
       CAST(TOTAL(cost) AS INTEGER)
FROM requests
GROUP BY 1, 2, 3, 4, 5, 6;
