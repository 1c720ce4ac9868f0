-- What is counted: a row a report that counts, then all of a day in one row.

-- What a report comes to, as figures. The transaction that changes the report writes it.
CREATE TABLE facts (
    number        TEXT    PRIMARY KEY REFERENCES reports (number),
    municipality  TEXT    NOT NULL,
    -- Days since 1970 on the municipality's clocks when it was received.
    day           INTEGER NOT NULL,
    category      TEXT    NOT NULL,
    -- Empty where there is none, as are `partner` and `marks`.
    district      TEXT    NOT NULL,
    department    TEXT    NOT NULL,
    channel       TEXT    NOT NULL,
    partner       TEXT    NOT NULL,
    reporter_type TEXT    NOT NULL,
    -- Minutes from its receipt until it was done; null while it is not.
    minutes       INTEGER,
    on_time       INTEGER NOT NULL,
    rejected      INTEGER NOT NULL,
    transferred   INTEGER NOT NULL,
    reopenings    INTEGER NOT NULL,
    -- The sum of the three marks of its last rating.
    marks         INTEGER
) STRICT;

CREATE INDEX facts_by_day ON facts (municipality, day);

-- Days whose sums are not those of their facts any more; written with the fact.
CREATE TABLE figure_work (
    municipality TEXT    NOT NULL,
    day          INTEGER NOT NULL,
    PRIMARY KEY (municipality, day)
) STRICT, WITHOUT ROWID;

-- The sums of a day, those of categories that are never public apart.
CREATE TABLE figure_days (
    municipality TEXT    NOT NULL,
    day          INTEGER NOT NULL,
    hidden       INTEGER NOT NULL,
    -- JSON: by dimension and value.
    sums         TEXT    NOT NULL,
    PRIMARY KEY (municipality, day, hidden)
) STRICT, WITHOUT ROWID;

-- Which categories were never public when the days were summed, as JSON.
CREATE TABLE figure_rules (
    municipality TEXT PRIMARY KEY,
    hidden       TEXT NOT NULL
) STRICT;

-- Reports from before this version, whose facts are still to be written.
CREATE TABLE unfigured (
    number TEXT PRIMARY KEY REFERENCES reports (number)
) STRICT;

INSERT INTO unfigured SELECT number FROM reports;
