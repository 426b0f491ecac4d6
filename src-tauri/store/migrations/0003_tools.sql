-- Keys made for one coding tool alone: one a tool, two while one takes the other's place.
CREATE TABLE tool_keys (
    key  TEXT NOT NULL PRIMARY KEY REFERENCES client_keys (id) ON DELETE CASCADE,
    tool TEXT NOT NULL
) STRICT;

CREATE INDEX tool_keys_tool ON tool_keys (tool);

-- Whether every tool is put back as it was when the program ends.
ALTER TABLE settings ADD COLUMN revert_tools INTEGER NOT NULL DEFAULT 0 CHECK (revert_tools IN (0, 1));
