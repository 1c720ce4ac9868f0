-- Photos of the work, which staff add: they are told to the edge before the report's news that names
-- them. What a citizen sent is in the same table, and is neither.
ALTER TABLE photos ADD COLUMN of_team BIGINT NOT NULL DEFAULT 0;
ALTER TABLE photos ADD COLUMN is_told BIGINT NOT NULL DEFAULT 0;
