-- Which photo came first, in a column of its own: where a row lies says so only here.
ALTER TABLE photos ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
UPDATE photos SET place = rowid;
