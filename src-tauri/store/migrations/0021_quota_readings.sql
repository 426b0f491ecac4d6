-- Readings of quota windows over time: one a quarter of an hour, and one more where a window started over.
CREATE TABLE quota_readings (
    account   TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name      TEXT    NOT NULL,
    -- The part of the models' ids that it counts; empty counts all.
    models    TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    -- What `value` is: `share` used in hundredths of a percent, what is `used` of no limit, millionths that are `left`.
    measure   TEXT    NOT NULL,
    value     INTEGER NOT NULL,
    resets_at INTEGER,
    PRIMARY KEY (account, name, models, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX quota_readings_age ON quota_readings (at);
