-- Photos of the work, as the origin handed them over: there as long as the report's status names them.
CREATE TABLE team_photos (
    sha256       TEXT    NOT NULL,
    number       TEXT    NOT NULL,
    media_type   TEXT    NOT NULL,
    stored_at    INTEGER NOT NULL,
    PRIMARY KEY (sha256, number)
) STRICT;
-- Which key the tracking code of a report is derived with that came in at the municipality and not
-- here.
ALTER TABLE statuses ADD COLUMN secret_kid TEXT;
