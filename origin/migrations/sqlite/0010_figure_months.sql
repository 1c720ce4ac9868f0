-- Sums of months beside those of days: a year is read from twelve rows, not from 366.

-- A day's counts before its sums: what a chart is drawn from is read without them.
CREATE TABLE figure_days_counted (
    municipality TEXT    NOT NULL,
    day          INTEGER NOT NULL,
    hidden       INTEGER NOT NULL,
    received     INTEGER NOT NULL,
    completed    INTEGER NOT NULL,
    -- JSON: by dimension and value.
    sums         TEXT    NOT NULL,
    PRIMARY KEY (municipality, day, hidden)
) STRICT, WITHOUT ROWID;

INSERT INTO figure_days_counted
SELECT municipality, day, hidden, json_extract(sums, '$.total[0][0]'),
    json_extract(sums, '$.total[0][1]'), sums
FROM figure_days;

DROP TABLE figure_days;
ALTER TABLE figure_days_counted RENAME TO figure_days;

-- Months of either calendar that have days with sums.
CREATE TABLE figure_months (
    municipality TEXT    NOT NULL,
    -- `gregorian` or `hijri`.
    calendar     TEXT    NOT NULL,
    -- Days since 1970: the first of it, and the first of the next.
    first        INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    -- How often one of its days was summed anew, and how often it had been when the month was: where
    -- they are the same, the month's sums are those of its days.
    changes      INTEGER NOT NULL,
    summed       INTEGER NOT NULL,
    PRIMARY KEY (municipality, calendar, first)
) STRICT, WITHOUT ROWID;

-- Their sums as those of days. A month that was summed has both rows, also where nothing came.
CREATE TABLE figure_month_sums (
    municipality TEXT    NOT NULL,
    calendar     TEXT    NOT NULL,
    first        INTEGER NOT NULL,
    hidden       INTEGER NOT NULL,
    sums         TEXT    NOT NULL,
    PRIMARY KEY (municipality, calendar, first, hidden)
) STRICT, WITHOUT ROWID;

-- Each day is summed once more: that tells its months.
INSERT INTO figure_work (municipality, day)
SELECT DISTINCT municipality, day FROM figure_days WHERE TRUE
ON CONFLICT DO NOTHING;
