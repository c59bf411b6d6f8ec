-- API keys, by hash. The key itself is nowhere.

CREATE TABLE api_key (
    -- Never given out twice.
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id        TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    -- SHA-256 of the key.
    hash          BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX api_key_by_org ON api_key (org_id);
