-- One view of a person, and their right to be forgotten: as migrations/sqlite/0009 has it, where each
-- column says what it is.

CREATE TABLE vault (
    id TEXT COLLATE "C" PRIMARY KEY
);

ALTER TABLE reports ADD COLUMN key_id BIGINT;
ALTER TABLE reports ADD COLUMN personal TEXT COLLATE "C";
ALTER TABLE reports ADD COLUMN over_ms BIGINT;
ALTER TABLE reports ADD COLUMN erased_ms BIGINT;
ALTER TABLE reports ADD COLUMN erase_asked BIGINT NOT NULL DEFAULT 0;

UPDATE reports SET over_ms = changed_ms WHERE state IN ('closed', 'rejected');

CREATE INDEX reports_over ON reports (municipality, over_ms) WHERE over_ms IS NOT NULL;
CREATE INDEX reports_unsealed ON reports (number) WHERE key_id IS NULL AND erased_ms IS NULL;
CREATE INDEX reports_by_key ON reports (key_id) WHERE key_id IS NOT NULL AND erased_ms IS NULL;

CREATE FUNCTION only_notes_are_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.number, NEW.at, NEW.state, NEW.actor, NEW.what, NEW.staff)
        IS DISTINCT FROM (OLD.id, OLD.number, OLD.at, OLD.state, OLD.actor, OLD.what, OLD.staff)
        OR NEW.note IS NOT NULL AND NEW.note NOT LIKE 's1.%'
    THEN
        RAISE EXCEPTION 'events is append-only: what was said may be sealed or taken away';
    END IF;
    RETURN NEW;
END
$$;

DROP TRIGGER events_are_never_changed ON events;
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
    FOR EACH ROW EXECUTE FUNCTION only_notes_are_sealed();
CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION is_append_only();

CREATE TABLE person_contacts (
    number      TEXT COLLATE "C" NOT NULL REFERENCES reports (number),
    kind        TEXT COLLATE "C" NOT NULL,
    contact     TEXT COLLATE "C" NOT NULL,
    received_ms BIGINT NOT NULL,
    PRIMARY KEY (number, kind)
);

CREATE INDEX person_contacts_by_contact ON person_contacts (contact, received_ms, number);

CREATE TABLE contact_changes (
    contact  TEXT COLLATE "C" NOT NULL,
    since_ms BIGINT NOT NULL,
    PRIMARY KEY (contact, since_ms)
);

CREATE TABLE shredding (
    kind TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, item)
);

CREATE TABLE contact_ratings (
    number       TEXT COLLATE "C" PRIMARY KEY REFERENCES reports (number),
    municipality TEXT COLLATE "C" NOT NULL,
    day          BIGINT NOT NULL,
    staff        TEXT COLLATE "C" NOT NULL,
    channel      TEXT COLLATE "C" NOT NULL,
    agent        BIGINT NOT NULL,
    answer       BIGINT NOT NULL
);

CREATE INDEX contact_ratings_by_day ON contact_ratings (municipality, day);

ALTER TABLE audit ADD COLUMN why TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN municipality TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE audit DISABLE TRIGGER audit_is_never_changed;
UPDATE audit SET municipality =
    COALESCE((SELECT staff.municipality FROM staff WHERE staff.name = audit.staff), '');
ALTER TABLE audit ENABLE TRIGGER audit_is_never_changed;
CREATE INDEX audit_by_municipality ON audit (municipality, id);
CREATE INDEX audit_by_object ON audit (object, id);
