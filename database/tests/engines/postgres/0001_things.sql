CREATE TABLE things (
    name   TEXT COLLATE "C" PRIMARY KEY,
    count  BIGINT NOT NULL,
    exact  DOUBLE PRECISION,
    body   BYTEA,
    is_new BIGINT NOT NULL
);
