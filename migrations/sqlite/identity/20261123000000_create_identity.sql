-- What the journal's entries were about, to tell news from repetition. Derived from the journal and rebuilt from it.

CREATE TABLE organisation (
    org_key     INTEGER PRIMARY KEY,
    org_id      TEXT    NOT NULL UNIQUE,
    -- The last entry that the rows below know of, and its checksum in the journal.
    applied_seq INTEGER NOT NULL DEFAULT 0 CHECK (applied_seq >= 0),
    applied_crc INTEGER NOT NULL DEFAULT 0,
    -- How the content hashes were computed; rows of another way are rebuilt.
    hash_form   INTEGER NOT NULL
) STRICT;

-- Upserted objects: the last accepted version, and the hash of what it said.
CREATE TABLE object (
    org_key  INTEGER NOT NULL REFERENCES organisation (org_key) ON DELETE CASCADE,
    kind     TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    number   INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    content  BLOB    NOT NULL,
    PRIMARY KEY (org_key, kind, source, id)
) STRICT, WITHOUT ROWID;

-- Additive facts: the last accepted revision.
CREATE TABLE fact (
    org_key  INTEGER NOT NULL REFERENCES organisation (org_key) ON DELETE CASCADE,
    kind     TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    event_id TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (org_key, kind, source, event_id)
) STRICT, WITHOUT ROWID;
