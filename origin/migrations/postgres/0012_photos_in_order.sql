-- Which photo of a report came first.
ALTER TABLE photos ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
