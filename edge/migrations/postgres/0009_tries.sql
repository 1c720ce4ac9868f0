-- Whoever asked for a code has tries of their own; all others share some.
ALTER TABLE codes ADD COLUMN asked_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE codes ADD COLUMN others_left BIGINT;
