-- A photo that its reporter sent and the team added too is both's.
ALTER TABLE photos ADD COLUMN of_reporter BIGINT NOT NULL DEFAULT 1;
UPDATE photos SET of_reporter = 0 WHERE of_team = 1;
