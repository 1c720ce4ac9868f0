-- Reports that others may find near a place: what was sent with a point, in a category that is public.
CREATE TABLE nearby (
    number       TEXT    NOT NULL PRIMARY KEY REFERENCES reports (number) ON DELETE CASCADE,
    municipality TEXT    NOT NULL,
    category     TEXT    NOT NULL,
    -- The square of the grid that the point lies in.
    cell         INTEGER NOT NULL,
    lon          REAL    NOT NULL,
    lat          REAL    NOT NULL,
    received_at  INTEGER NOT NULL,
    -- The state's code, and how many were joined to it, as the origin last told.
    state        TEXT    NOT NULL,
    joined       INTEGER NOT NULL DEFAULT 0,
    is_open      INTEGER NOT NULL,
    -- 0 until a person has looked at what was kept for one.
    is_shown     INTEGER NOT NULL,
    -- Its words, once a person made them public.
    text         TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX nearby_by_cell ON nearby (municipality, category, cell, received_at)
    WHERE is_open AND is_shown;

-- Reports from before this table are not found nearby; there are none outside of demonstrations.
