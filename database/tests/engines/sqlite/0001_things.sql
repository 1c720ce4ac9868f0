CREATE TABLE things (
    name   TEXT    PRIMARY KEY,
    count  INTEGER NOT NULL,
    exact  REAL,
    body   BLOB,
    is_new INTEGER NOT NULL
) STRICT;
