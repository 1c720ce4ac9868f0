-- Sums of months beside those of days: as migrations/sqlite/0010 has it, where each column says what
-- it is.

ALTER TABLE figure_days ADD COLUMN received BIGINT NOT NULL DEFAULT 0;
ALTER TABLE figure_days ADD COLUMN completed BIGINT NOT NULL DEFAULT 0;

CREATE TABLE figure_months (
    municipality TEXT COLLATE "C" NOT NULL,
    calendar     TEXT COLLATE "C" NOT NULL,
    first        BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    changes      BIGINT NOT NULL,
    summed       BIGINT NOT NULL,
    PRIMARY KEY (municipality, calendar, first)
);

CREATE TABLE figure_month_sums (
    municipality TEXT COLLATE "C" NOT NULL,
    calendar     TEXT COLLATE "C" NOT NULL,
    first        BIGINT NOT NULL,
    hidden       BIGINT NOT NULL,
    sums         TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (municipality, calendar, first, hidden)
);

-- Each day is summed once more: that counts it, and tells its months.
INSERT INTO figure_work (municipality, day)
SELECT DISTINCT municipality, day FROM figure_days WHERE TRUE
ON CONFLICT DO NOTHING;
