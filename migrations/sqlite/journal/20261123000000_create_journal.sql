-- Organisations, their entries (the truth) and checkpoints of folds over them (time savers).

CREATE TABLE organisation (
    org_key         INTEGER PRIMARY KEY,
    org_id          TEXT    NOT NULL UNIQUE,
    created_at_ms   INTEGER NOT NULL,
    last_tenant_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_tenant_seq >= 0),
    -- The journaled clock: commit times of an organisation never step back.
    last_commit_ms  INTEGER NOT NULL
) STRICT;

CREATE TABLE entry (
    org_key        INTEGER NOT NULL REFERENCES organisation (org_key),
    tenant_seq     INTEGER NOT NULL CHECK (tenant_seq > 0),
    known_at_ms    INTEGER NOT NULL,
    observed_at_ms INTEGER NOT NULL,
    -- JSON. A blob, so that damage cannot make it unreadable before its checksum tells.
    payload        BLOB    NOT NULL,
    -- CRC-32 of organisation, position, times and payload.
    crc            INTEGER NOT NULL,
    PRIMARY KEY (org_key, tenant_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
    checkpoint_key INTEGER PRIMARY KEY,
    org_key        INTEGER NOT NULL REFERENCES organisation (org_key),
    tenant_seq     INTEGER NOT NULL CHECK (tenant_seq >= 0),
    schema_version INTEGER NOT NULL,
    -- CRC-32 of organisation, position, schema version and state.
    crc            INTEGER NOT NULL,
    state          BLOB    NOT NULL,
    UNIQUE (org_key, tenant_seq)
) STRICT;
