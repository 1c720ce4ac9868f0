-- What anybody may ask for by Open311, without reading a report's log or its words.

-- Whether the public may know of it at all, as far as that hangs on the report: it is no trial and
-- does not wait unseen in quarantine. Whether its category may be known is the document's to say.
ALTER TABLE reports ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 0;
-- Whether a person has made its words public.
ALTER TABLE reports ADD COLUMN is_published INTEGER NOT NULL DEFAULT 0;
-- When it last changed, in milliseconds since 1970.
ALTER TABLE reports ADD COLUMN changed_ms INTEGER NOT NULL DEFAULT 0;

UPDATE reports SET
    is_listed = COALESCE(json_extract(report_json, '$.test'), 0) = 0
        AND NOT (verdict = 'quarantine' AND state IN ('received', 'screened')),
    is_published = EXISTS (
        SELECT 1 FROM events
        WHERE events.number = reports.number AND json_extract(what, '$.what') = 'published'
    ),
    changed_ms = COALESCE((
        SELECT CAST(ROUND((julianday(at) - 2440587.5) * 86400000) AS INTEGER) FROM events
        WHERE events.number = reports.number ORDER BY id DESC LIMIT 1
    ), received_ms);

-- A page is found in the index alone; of the table only its own rows are read.
CREATE INDEX reports_listed ON reports (municipality, received_ms, number, category, state)
    WHERE is_listed = 1;
CREATE INDEX reports_listed_by_category ON reports (municipality, category, received_ms, number, state)
    WHERE is_listed = 1;
