-- The staff console: passwords, sessions, tries, and the indexes of its lists.

-- Argon2id as a PHC string; null where somebody works with a token alone.
ALTER TABLE staff ADD COLUMN password TEXT;
-- The language of the console; null until they choose one.
ALTER TABLE staff ADD COLUMN language TEXT;

-- Who is signed in. Of the session's token only its hash: who reads this table is not signed in by it.
CREATE TABLE staff_sessions (
    token_sha256 TEXT    PRIMARY KEY,
    staff        TEXT    NOT NULL REFERENCES staff (name) ON DELETE CASCADE,
    -- Milliseconds since 1970.
    seen_at      INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX staff_sessions_by_staff ON staff_sessions (staff);
CREATE INDEX staff_sessions_by_end ON staff_sessions (ends_at);

-- Wrong passwords, by what they were tried at or from: a limit's time (GCRA), in milliseconds since
-- 1970. Subjects are hashes: a name that was mistyped may be a password.
CREATE TABLE sign_in_tries (
    subject TEXT    PRIMARY KEY,
    tat     INTEGER NOT NULL
) STRICT;

CREATE INDEX sign_in_tries_by_time ON sign_in_tries (tat);

-- What is to be done, by when: the part of the reports that stays small however many there were.
CREATE INDEX reports_open_by_due ON reports (municipality, current_due, number)
    WHERE state NOT IN ('resolved', 'closed', 'rejected');
CREATE INDEX reports_open_by_department ON reports (municipality, current_department, current_due, number)
    WHERE state NOT IN ('resolved', 'closed', 'rejected');
CREATE INDEX reports_open_by_place ON reports (municipality, lat, lon)
    WHERE state NOT IN ('resolved', 'closed', 'rejected');
CREATE INDEX reports_escalated ON reports (municipality, level, current_due, number)
    WHERE state NOT IN ('resolved', 'closed', 'rejected') AND level > 0;

-- All of them, the newest first, by what they are looked through by.
DROP INDEX reports_by_state;
CREATE INDEX reports_by_state ON reports (municipality, state, received_ms, number);
CREATE INDEX reports_by_department ON reports (municipality, current_department, received_ms, number);
CREATE INDEX reports_by_category ON reports (municipality, category, received_ms, number);
CREATE INDEX reports_by_district ON reports (municipality, district, received_ms, number);
