-- Whether what agents and models say is kept, and for how long. The bodies themselves lie sealed in files of their own,
-- so that no copy of the database holds them.
CREATE TABLE body_keeping (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    keep INTEGER NOT NULL CHECK (keep IN (0, 1)),
    days INTEGER NOT NULL CHECK (days BETWEEN 1 AND 90)
) STRICT;

INSERT INTO body_keeping (id, keep, days) VALUES (1, 0, 7);
