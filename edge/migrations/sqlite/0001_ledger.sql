-- The ledger of a native edge. Times are milliseconds since 1970 unless a name says otherwise.

-- What was acknowledged under which key. It outlives the report's body, so that a key sent again
-- after the body is gone still gets its receipt.
CREATE TABLE submissions (
    -- SHA-256 of municipality, scope and key, hexadecimal: nobody learns a key from the ledger.
    slot         TEXT    NOT NULL PRIMARY KEY,
    fingerprint  BLOB    NOT NULL,
    number       TEXT    NOT NULL UNIQUE,
    -- The receipt without its tracking code, which is derived again.
    receipt_json TEXT    NOT NULL,
    received_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reports (
    number         TEXT    NOT NULL PRIMARY KEY,
    municipality   TEXT    NOT NULL,
    category       TEXT    NOT NULL,
    verdict        TEXT    NOT NULL,
    secret_kid     TEXT    NOT NULL,
    received_at    INTEGER NOT NULL,
    -- The delivery to the origin, without contact and photos.
    delivery_json  TEXT    NOT NULL,
    -- The contact, sealed with the number as associated data.
    contact_sealed TEXT
) STRICT, WITHOUT ROWID;

-- Photos that are on disk, by the name they were sent under.
CREATE TABLE photos (
    municipality TEXT    NOT NULL,
    sent_sha256  TEXT    NOT NULL,
    sha256       TEXT    NOT NULL,
    media_type   TEXT    NOT NULL,
    bytes        INTEGER NOT NULL,
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    stored_at    INTEGER NOT NULL,
    PRIMARY KEY (municipality, sent_sha256)
) STRICT, WITHOUT ROWID;

-- Photos that reports name, held or still to come.
CREATE TABLE report_photos (
    number      TEXT    NOT NULL REFERENCES reports (number) ON DELETE CASCADE,
    sent_sha256 TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    PRIMARY KEY (number, sent_sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX report_photos_by_name ON report_photos (sent_sha256);

-- What the origin is still to be told: a report, or (photo not empty) a photo that came after it.
CREATE TABLE outbox (
    id           INTEGER PRIMARY KEY,
    number       TEXT    NOT NULL REFERENCES reports (number) ON DELETE CASCADE,
    photo        TEXT    NOT NULL DEFAULT '',
    attempts     INTEGER NOT NULL DEFAULT 0,
    queued_at    INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    delivered_at INTEGER,
    UNIQUE (number, photo)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (due_at) WHERE delivered_at IS NULL;

-- Sessions that a report used up, until they are over anyway.
CREATE TABLE nonces (
    nonce        BLOB    NOT NULL PRIMARY KEY,
    -- Seconds since 1970, as in the session.
    expires_at_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX nonces_by_end ON nonces (expires_at_s);

-- Rate limits: the theoretical arrival time of each subject.
CREATE TABLE counters (
    subject TEXT    NOT NULL PRIMARY KEY,
    tat     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX counters_by_time ON counters (tat);

-- How reports stand, as the origin last told.
CREATE TABLE statuses (
    number       TEXT    NOT NULL PRIMARY KEY,
    municipality TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    status_json  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
