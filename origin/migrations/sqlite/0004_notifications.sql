-- What becomes of messages. A row is claimed before it is sent, so that nobody else sends it, and a
-- claim that ran out says that nobody knows whether it was.

ALTER TABLE notices ADD COLUMN claimed_until INTEGER;
-- How often a claim ran out.
ALTER TABLE notices ADD COLUMN interrupted INTEGER NOT NULL DEFAULT 0;
-- News older than this is none.
ALTER TABLE notices ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
-- `sent`, `superseded`, `nobody` or `dead`; null while it waits.
ALTER TABLE notices ADD COLUMN outcome TEXT;
-- Of a dead letter: why.
ALTER TABLE notices ADD COLUMN cause TEXT;

-- Queued by a version that sent nothing: too old to be told now, unless it is of today.
UPDATE notices SET expires_at = created_at + 86400000;

DROP INDEX notices_waiting;
CREATE INDEX notices_waiting ON notices (due_at) WHERE outcome IS NULL;
CREATE INDEX notices_of_report ON notices (number, audience, recipient, id) WHERE outcome IS NULL;
CREATE INDEX notices_dead ON notices (id) WHERE outcome = 'dead';
