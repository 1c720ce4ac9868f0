-- One-time codes. Of a contact only a keyed hash is kept, of a code only another.
CREATE TABLE codes (
    subject    TEXT    NOT NULL PRIMARY KEY,
    -- When codes were sent within the last day: a JSON list of milliseconds since 1970.
    sent_json  TEXT    NOT NULL,
    -- The code that is out, if one is: its keyed hash, its end, how often it may be tried.
    mac        BLOB,
    expires_at INTEGER,
    tries_left INTEGER,
    -- From when the row says nothing any more.
    forget_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX codes_by_end ON codes (forget_at);
