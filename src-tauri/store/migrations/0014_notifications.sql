-- Which notices the desktop shows: whether any, which kinds not (their names, split by spaces), and
-- in which hours none (days as bits with Monday the lowest, minutes of the day).
ALTER TABLE settings ADD COLUMN notify INTEGER NOT NULL DEFAULT 1 CHECK (notify IN (0, 1));
ALTER TABLE settings ADD COLUMN muted TEXT NOT NULL DEFAULT '';
ALTER TABLE settings ADD COLUMN quiet_days INTEGER NOT NULL DEFAULT 0 CHECK (quiet_days BETWEEN 0 AND 127);
ALTER TABLE settings ADD COLUMN quiet_from INTEGER NOT NULL DEFAULT 0 CHECK (quiet_from BETWEEN 0 AND 1439);
ALTER TABLE settings ADD COLUMN quiet_to INTEGER NOT NULL DEFAULT 0 CHECK (quiet_to BETWEEN 0 AND 1440);
