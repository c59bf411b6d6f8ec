-- Organisations' sealed history: entries that have left the journal's blocks, encrypted with the organisations' data keys.

CREATE TABLE segment (
    id             INTEGER PRIMARY KEY,
    org_key        INTEGER NOT NULL,
    -- The first and last entry's position. Segments of an organisation go on one after another without a gap.
    from_seq       INTEGER NOT NULL CHECK (from_seq > 0),
    to_seq         INTEGER NOT NULL CHECK (to_seq >= from_seq),
    -- The earliest and latest time at which one of its entries was known.
    from_ms        INTEGER NOT NULL,
    to_ms          INTEGER NOT NULL,
    -- Before compression.
    unpacked_bytes INTEGER NOT NULL,
    -- Compressed, encrypted, with a checksum; bound to the columns above but for `id`.
    sealed         BLOB    NOT NULL
) STRICT;

-- Finds the segment that holds an entry, and an organisation's last ones.
CREATE UNIQUE INDEX segment_by_end ON segment (org_key, to_seq);

-- What an organisation's history begins with, where its first entries are no longer kept.
CREATE TABLE baseline (
    org_key        INTEGER PRIMARY KEY,
    -- The last entry that it includes.
    tenant_seq     INTEGER NOT NULL CHECK (tenant_seq > 0),
    schema_version INTEGER NOT NULL,
    -- What verification said of it: when, how many answers were compared, how many differed.
    verified_at_ms INTEGER NOT NULL,
    answers        INTEGER NOT NULL,
    differences    INTEGER NOT NULL,
    -- SHA-256 of the state.
    hash           BLOB    NOT NULL,
    -- The sections' lengths.
    layout         BLOB    NOT NULL
) STRICT;

-- The state, in pieces. Compressed, encrypted, with a checksum; bound to the baseline's columns.
CREATE TABLE baseline_piece (
    org_key INTEGER NOT NULL REFERENCES baseline ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    sealed  BLOB    NOT NULL,
    PRIMARY KEY (org_key, number)
) STRICT;
