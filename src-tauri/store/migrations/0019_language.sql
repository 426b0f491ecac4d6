-- Which language the faces speak: `system`, or a tag of BCP 47. One that only another version knows is the system's.
ALTER TABLE settings ADD COLUMN language TEXT NOT NULL DEFAULT 'system';
