-- Sorts before what it refers to.
CREATE TABLE notes (
    id    INTEGER PRIMARY KEY,
    thing TEXT    NOT NULL REFERENCES things (name),
    note  TEXT
) STRICT;
ALTER TABLE things ADD COLUMN owner TEXT NOT NULL DEFAULT 'nobody';
