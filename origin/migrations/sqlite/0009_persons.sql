-- One view of a person, and their right to be forgotten: words, places and contacts are sealed under
-- a key of their own report, which is kept elsewhere, and reports are found by a keyed fingerprint of
-- a contact that was confirmed.

-- The set of keys that this ledger is sealed with.
CREATE TABLE vault (
    id           TEXT    PRIMARY KEY
) STRICT;

-- The key's id in that set; null in a row from before this version, whose words are still to be sealed.
ALTER TABLE reports ADD COLUMN key_id INTEGER;
-- Words, answers, exact place and the rest of what is somebody's, as JSON, sealed under it.
ALTER TABLE reports ADD COLUMN personal TEXT;
-- When it was over, in milliseconds since 1970; null while it is not, and once it is erased.
ALTER TABLE reports ADD COLUMN over_ms INTEGER;
-- When its personal data was erased.
ALTER TABLE reports ADD COLUMN erased_ms INTEGER;
-- Whether somebody asked for that before it was over: it is erased then.
ALTER TABLE reports ADD COLUMN erase_asked INTEGER NOT NULL DEFAULT 0;

UPDATE reports SET over_ms = changed_ms WHERE state IN ('closed', 'rejected');

CREATE INDEX reports_over ON reports (municipality, over_ms) WHERE over_ms IS NOT NULL;
CREATE INDEX reports_unsealed ON reports (number) WHERE key_id IS NULL AND erased_ms IS NULL;
CREATE INDEX reports_by_key ON reports (key_id) WHERE key_id IS NOT NULL AND erased_ms IS NULL;

-- What was said in an event may be sealed or taken away, and nothing else of it ever changes.
DROP TRIGGER events_are_never_changed;
CREATE TRIGGER events_are_never_changed
    BEFORE UPDATE OF id, number, at, state, actor, what, staff ON events
BEGIN SELECT RAISE (ABORT, 'the event log is append-only'); END;
CREATE TRIGGER notes_are_only_sealed BEFORE UPDATE OF note ON events
    WHEN NEW.note IS NOT NULL AND NEW.note NOT LIKE 's1.%'
BEGIN SELECT RAISE (ABORT, 'what was said may be sealed or taken away'); END;

-- By what each report can be found that is one person's: a contact that was confirmed, or whoever the
-- page around the form says was signed in. No more than a keyed fingerprint, and none of another
-- municipality's is ever the same.
CREATE TABLE person_contacts (
    number       TEXT    NOT NULL REFERENCES reports (number),
    -- `phone`, `email` or `identity`.
    kind         TEXT    NOT NULL,
    contact      TEXT    NOT NULL,
    received_ms  INTEGER NOT NULL,
    PRIMARY KEY (number, kind)
) STRICT;

CREATE INDEX person_contacts_by_contact ON person_contacts (contact, received_ms, number);

-- From when on a contact is another person's.
CREATE TABLE contact_changes (
    contact      TEXT    NOT NULL,
    since_ms     INTEGER NOT NULL,
    PRIMARY KEY (contact, since_ms)
) STRICT;

-- What is still to be destroyed of what was erased: a crash between the two comes back to it.
CREATE TABLE shredding (
    -- `key` or `photo`, and its id or name.
    kind         TEXT    NOT NULL,
    item         TEXT    NOT NULL,
    PRIMARY KEY (kind, item)
) STRICT;

-- What somebody said of the agent who took their contact, and of the answer they got.
CREATE TABLE contact_ratings (
    number       TEXT    PRIMARY KEY REFERENCES reports (number),
    municipality TEXT    NOT NULL,
    -- Days since 1970 on the municipality's clocks.
    day          INTEGER NOT NULL,
    -- Who took it.
    staff        TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    -- From 1 to 5 each.
    agent        INTEGER NOT NULL,
    answer       INTEGER NOT NULL
) STRICT;

CREATE INDEX contact_ratings_by_day ON contact_ratings (municipality, day);

-- Who looks at whom, and why.
ALTER TABLE audit ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN municipality TEXT NOT NULL DEFAULT '';
DROP TRIGGER audit_is_never_changed;
UPDATE audit SET municipality = COALESCE((SELECT municipality FROM staff WHERE name = audit.staff), '');
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit is append-only'); END;
CREATE INDEX audit_by_municipality ON audit (municipality, id);
CREATE INDEX audit_by_object ON audit (object, id);
