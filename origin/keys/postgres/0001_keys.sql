-- The keys of reports and photos, apart from what they seal: as keys/sqlite has them, where each table
-- says what it is.

CREATE TABLE vault (
    id           TEXT COLLATE "C" PRIMARY KEY
);

CREATE TABLE item_keys (
    id           BIGINT PRIMARY KEY,
    wrapped      TEXT COLLATE "C",
    kid          TEXT COLLATE "C" NOT NULL,
    destroyed_at BIGINT
);

CREATE INDEX item_keys_by_master ON item_keys (kid, id) WHERE wrapped IS NOT NULL;
