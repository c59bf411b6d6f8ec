-- Names and external ids of people and teams. Personal data: erasable, and in no other file.

CREATE TABLE party (
    org_id      TEXT    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('person', 'team')),
    -- The id without its letter: 7 is p7 or t7. Rows stay after erasure, so that no number is given out twice.
    number      INTEGER NOT NULL CHECK (number > 0),
    source      TEXT    NOT NULL,
    -- Absent after erasure.
    external_id TEXT,
    -- Empty after erasure.
    name        TEXT    NOT NULL,
    PRIMARY KEY (org_id, kind, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX party_by_external_id ON party (org_id, kind, source, external_id)
    WHERE external_id IS NOT NULL;
