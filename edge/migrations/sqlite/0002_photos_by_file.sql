-- The sweep asks which rows are old, and of each old file whether a row still names it.
CREATE INDEX photos_by_file ON photos (sha256);
CREATE INDEX photos_by_time ON photos (stored_at);
