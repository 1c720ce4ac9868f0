-- What the screen made of each report, without any of its words: features, figures and what each
-- step would have done. It outlives the report's body, so that it can be held against what people
-- said of it later.
CREATE TABLE screenings (
    number        TEXT    NOT NULL PRIMARY KEY,
    municipality  TEXT    NOT NULL,
    received_at   INTEGER NOT NULL,
    category      TEXT    NOT NULL,
    partner       TEXT,
    -- `accept`, `quarantine` or `redirect`.
    verdict       TEXT    NOT NULL,
    -- `Screened`: language, score, features, opinions, fingerprint.
    screened_json TEXT    NOT NULL,
    -- What a person said: `honest` or `spam`; null until somebody has looked.
    label         TEXT,
    labelled_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX screenings_by_time ON screenings (received_at);
CREATE INDEX screenings_waiting ON screenings (received_at) WHERE verdict = 'quarantine' AND label IS NULL;
