-- Organisations, and the blocks of their entries that are not yet sealed history.

CREATE TABLE organisation (
    -- Short, and never given out twice: rows stay.
    org_key       INTEGER PRIMARY KEY CHECK (org_key > 0),
    -- Empty after erasure.
    org_id        TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    -- Absent while the organisation is there.
    erased_at_ms  INTEGER
) STRICT;

CREATE UNIQUE INDEX organisation_by_id ON organisation (org_id) WHERE erased_at_ms IS NULL;

-- One row.
CREATE TABLE meta (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    -- How often this data directory was opened.
    epoch          INTEGER NOT NULL,
    -- The last block that was sealed and deleted, and when it was committed. Block numbers and commit times go on from there.
    sealed_block   INTEGER NOT NULL,
    last_commit_ms INTEGER NOT NULL
) STRICT;

INSERT INTO meta (one, epoch, sealed_block, last_commit_ms) VALUES (1, 0, 0, -377705023201000);

-- One row for each commit. `header` stands before `body`, so that headers are read without the bodies' pages.
CREATE TABLE block (
    seq          INTEGER PRIMARY KEY CHECK (seq > 0),
    epoch        INTEGER NOT NULL,
    committed_ms INTEGER NOT NULL,
    -- Whose entries, which and where in the body; with checksums of itself and of the body.
    header       BLOB    NOT NULL,
    -- The organisations' slices one after another, compressed where that helps.
    body         BLOB    NOT NULL
) STRICT;
