-- Saved states of folds over the journal. All of it can be lost: then it is computed again.

CREATE TABLE manifest (
    org_key        INTEGER NOT NULL,
    tenant_seq     INTEGER NOT NULL CHECK (tenant_seq >= 0),
    schema_version INTEGER NOT NULL,
    -- The opening of the data directory in which it was saved.
    epoch          INTEGER NOT NULL,
    -- CRC-32 of all the other columns.
    crc            INTEGER NOT NULL,
    -- Lengths of the sections, then the state itself when it is small, else the hashes of its chunks.
    body           BLOB    NOT NULL,
    PRIMARY KEY (org_key, tenant_seq)
) STRICT;

-- Pieces of states. Checkpoints of one organisation that have a piece in common share it.
CREATE TABLE chunk (
    org_key INTEGER NOT NULL,
    -- The first 16 bytes of the SHA-256 of what `bytes` holds, uncompressed.
    hash    BLOB    NOT NULL,
    bytes   BLOB    NOT NULL,
    PRIMARY KEY (org_key, hash)
) STRICT;
