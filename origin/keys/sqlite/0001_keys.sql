-- The keys of reports and photos, apart from what they seal: a backup of the ledger opens nothing.

-- The name of this set of keys, which the ledger knows too: a ledger beside somebody else's keys, or
-- beside none, is found out before anything is read.
CREATE TABLE vault (
    id           TEXT    PRIMARY KEY
) STRICT;

CREATE TABLE item_keys (
    -- Drawn at random: a set that was restored from yesterday gives no id twice.
    id           INTEGER PRIMARY KEY,
    -- The key, sealed under a master key; null once it is destroyed.
    wrapped      TEXT,
    -- The master key's id.
    kid          TEXT    NOT NULL,
    -- When it was destroyed, in milliseconds since 1970: what it sealed is erased, not lost.
    destroyed_at INTEGER
) STRICT;

CREATE INDEX item_keys_by_master ON item_keys (kid, id) WHERE wrapped IS NOT NULL;
