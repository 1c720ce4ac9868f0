-- Where several edges share a ledger (on PostgreSQL), one at a time carries what waits for a destination,
-- or erases: whoever has the lease. It is given back by time, so that an edge that is gone holds up
-- nobody.
CREATE TABLE leases (
    -- What one of them does at a time.
    duty   TEXT    NOT NULL PRIMARY KEY,
    -- Who does it: drawn anew by each process.
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the photos are that the rows name, as the first edge found it.
CREATE TABLE stores (
    what TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Conditions as both databases write them.
DROP INDEX nearby_by_cell;
CREATE INDEX nearby_by_cell ON nearby (municipality, category, cell, received_at)
    WHERE is_open = 1 AND is_shown = 1;
