-- Reports, their lives and photos, and what the edge is still to be told.

CREATE TABLE reports (
    number          TEXT PRIMARY KEY,
    municipality    TEXT NOT NULL,
    -- The key its tracking code was derived with; null for what came in at the origin's own door,
    -- for which nobody holds a tracking code at an edge.
    secret_kid      TEXT,
    category        TEXT NOT NULL,
    district        TEXT,
    -- JSON array: the districts it lies between, where nobody could tell.
    candidates      TEXT NOT NULL,
    department      TEXT NOT NULL,
    agency          TEXT,
    inspectors      TEXT,
    -- What the event log comes to; kept for queries, rebuilt from the log wherever it counts.
    state           TEXT NOT NULL,
    verdict         TEXT NOT NULL,
    -- JSON array of what the screen marked.
    reasons         TEXT NOT NULL,
    received_at     TEXT NOT NULL,
    due             TEXT NOT NULL,
    language        TEXT NOT NULL,
    channel         TEXT NOT NULL,
    description     TEXT NOT NULL,
    lon             REAL,
    lat             REAL,
    landmark        TEXT,
    -- The contact as JSON, sealed with the number as associated data.
    contact_sealed  TEXT,
    partner         TEXT,
    -- Stored, never fetched.
    media_url       TEXT,
    -- The report as sent, without its contact.
    report_json     TEXT NOT NULL,
    -- Keyed fingerprint of the delivery without its photos: the same again, or another report.
    delivery_mac    TEXT NOT NULL,
    -- How many times the public status has changed.
    revision        INTEGER NOT NULL
) STRICT;

-- The same picture may belong to two reports; its file is one.
CREATE TABLE photos (
    sha256          TEXT NOT NULL,
    number          TEXT NOT NULL REFERENCES reports (number),
    sent_sha256     TEXT NOT NULL,
    media_type      TEXT NOT NULL,
    bytes           INTEGER NOT NULL,
    width           INTEGER NOT NULL,
    height          INTEGER NOT NULL,
    PRIMARY KEY (sha256, number)
) STRICT;

CREATE INDEX photos_by_number ON photos (number);

CREATE TABLE events (
    id              INTEGER PRIMARY KEY,
    number          TEXT NOT NULL REFERENCES reports (number),
    at              TEXT NOT NULL,
    state           TEXT NOT NULL,
    actor           TEXT NOT NULL,
    note            TEXT
) STRICT;

CREATE INDEX events_by_number ON events (number, id);

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE (ABORT, 'the event log is append-only'); END;

CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
BEGIN SELECT RAISE (ABORT, 'the event log is append-only'); END;

-- One row a report, however often it changes meanwhile: what is sent is how it stands then.
CREATE TABLE status_queue (
    number          TEXT PRIMARY KEY REFERENCES reports (number),
    revision        INTEGER NOT NULL,
    attempts        INTEGER NOT NULL,
    -- Milliseconds since 1970.
    next_attempt    INTEGER NOT NULL
) STRICT;

CREATE INDEX status_queue_by_time ON status_queue (next_attempt);
