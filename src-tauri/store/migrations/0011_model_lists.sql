-- The models that vendors list, as last read: JSON as `SeenModel` writes it.
CREATE TABLE model_lists (
    vendor  TEXT    NOT NULL PRIMARY KEY,
    models  TEXT    NOT NULL,
    read_at INTEGER NOT NULL
) STRICT;
