-- The late readings of a window, from which it is foretold when it runs out: JSON pairs of a time and the
-- hundredths of a percent that were used.
ALTER TABLE routing_windows ADD COLUMN readings TEXT NOT NULL DEFAULT '[]';

-- An account may have windows of one name for two pools of models.
CREATE TABLE quota_windows_by_pool (
    account     TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    -- The part of the models' ids that it counts; empty counts all.
    models      TEXT    NOT NULL,
    -- JSON as `QuotaWindow` writes it.
    document    TEXT    NOT NULL,
    observed_at INTEGER NOT NULL,
    PRIMARY KEY (account, name, models)
) STRICT;

INSERT INTO quota_windows_by_pool (account, name, models, document, observed_at)
    SELECT account, name, coalesce(json_extract(document, '$.models'), ''), document, observed_at
    FROM quota_windows;

DROP TABLE quota_windows;

ALTER TABLE quota_windows_by_pool RENAME TO quota_windows;
