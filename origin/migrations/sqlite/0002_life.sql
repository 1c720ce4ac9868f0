-- What happens to reports: everything there is to say of it, who is told, what happens by itself.

-- What the log comes to, for queries; `department`, `agency` and `due` stay as the report came in.
ALTER TABLE reports ADD COLUMN current_department TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN current_agency TEXT;
-- Milliseconds since 1970.
ALTER TABLE reports ADD COLUMN current_due INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN received_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN level INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN joins TEXT;
-- The report of the same problem that its reporter named, until that one is here too.
ALTER TABLE reports ADD COLUMN wants_to_join TEXT;

UPDATE reports SET
    current_department = department,
    current_agency = agency,
    current_due = CAST(ROUND((julianday(due) - 2440587.5) * 86400000) AS INTEGER),
    received_ms = CAST(ROUND((julianday(received_at) - 2440587.5) * 86400000) AS INTEGER);

CREATE INDEX reports_by_time ON reports (municipality, received_ms, number);
CREATE INDEX reports_by_state ON reports (municipality, state, received_ms);
CREATE INDEX reports_that_wait ON reports (wants_to_join) WHERE wants_to_join IS NOT NULL;

-- What happened, as JSON with its own code in `what`.
ALTER TABLE events ADD COLUMN what TEXT NOT NULL DEFAULT '{"what":"state"}';
-- The name of the member of staff who did it.
ALTER TABLE events ADD COLUMN staff TEXT;

-- What is to happen by itself. A job takes effect in the transaction that removes it with its token.
CREATE TABLE jobs (
    id       TEXT    PRIMARY KEY,
    number   TEXT    NOT NULL REFERENCES reports (number),
    -- Milliseconds since 1970.
    due      INTEGER NOT NULL,
    token    INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX jobs_by_report ON jobs (number);

-- Who is to be told of what by message. No personal data: the address is looked up when it is sent.
CREATE TABLE notices (
    id         INTEGER PRIMARY KEY,
    number     TEXT    NOT NULL REFERENCES reports (number),
    -- `reporter` or `department`.
    audience   TEXT    NOT NULL,
    -- The department's code; empty for the reporter.
    recipient  TEXT    NOT NULL DEFAULT '',
    -- The document's template.
    template   TEXT    NOT NULL,
    -- The state it is about.
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    due_at     INTEGER NOT NULL,
    sent_at    INTEGER
) STRICT;

CREATE INDEX notices_waiting ON notices (due_at) WHERE sent_at IS NULL;

CREATE TABLE staff (
    name         TEXT    PRIMARY KEY,
    municipality TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    -- The department they belong to; they see no other's reports.
    department   TEXT,
    -- SHA-256 of their token, hexadecimal.
    token_sha256 TEXT    NOT NULL UNIQUE,
    created_at   INTEGER NOT NULL
) STRICT;

-- Every look of staff at a report.
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    staff  TEXT    NOT NULL,
    -- What they looked at: a report's number, or `queue`.
    object TEXT    NOT NULL,
    -- What they did.
    action TEXT    NOT NULL
) STRICT;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit is append-only'); END;

CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit is append-only'); END;
