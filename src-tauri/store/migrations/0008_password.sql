-- The password of the dashboard, where there is one: its Argon2id hash with the salt and the costs.
CREATE TABLE dashboard_password (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    hash       TEXT    NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
