-- What each destination is still to be told, a row a destination: a report, or (photo not empty) a
-- photo that came after it, or what a person said of it. Until now there was one destination.
CREATE TABLE outbox_by_destination (
    id           INTEGER PRIMARY KEY,
    number       TEXT    NOT NULL REFERENCES reports (number) ON DELETE CASCADE,
    -- The name of the destination in the configuration; `origin` is Balagh's own.
    destination  TEXT    NOT NULL DEFAULT 'origin',
    photo        TEXT    NOT NULL DEFAULT '',
    -- Attempts that did not arrive, and of those: it was not taken, though the destination was there.
    attempts     INTEGER NOT NULL DEFAULT 0,
    refusals     INTEGER NOT NULL DEFAULT 0,
    queued_at    INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    -- 1 while a destination that does not deduplicate may have it, and nobody knows.
    in_doubt     INTEGER NOT NULL DEFAULT 0,
    -- 1 until a person has looked at a report that the screen held.
    is_held      INTEGER NOT NULL DEFAULT 0,
    delivered_at INTEGER,
    -- When it was put aside for a person.
    dead_at      INTEGER,
    -- The code of the last failure.
    last_error   TEXT,
    -- What the destination calls it.
    reference    TEXT,
    UNIQUE (number, destination, photo)
) STRICT;
INSERT INTO outbox_by_destination (id, number, photo, attempts, queued_at, due_at, delivered_at)
    SELECT id, number, photo, attempts, queued_at, due_at, delivered_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_by_destination RENAME TO outbox;
CREATE INDEX outbox_waiting ON outbox (destination, due_at)
    WHERE delivered_at IS NULL AND dead_at IS NULL AND is_held = 0;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;

-- When the words, the place, the answers and the contact of a report were erased.
ALTER TABLE reports ADD COLUMN erased_at INTEGER;
CREATE INDEX reports_with_bodies ON reports (received_at) WHERE erased_at IS NULL;
CREATE INDEX submissions_by_time ON submissions (received_at);

-- Counts that outlive the process.
CREATE TABLE tallies (
    name  TEXT    NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
