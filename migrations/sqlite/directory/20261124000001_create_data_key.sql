-- Organisations' data keys, wrapped by the master key. Without its row, an organisation's sealed history cannot be read.

CREATE TABLE data_key (
    org_key        INTEGER PRIMARY KEY,
    -- The version of the master key that wraps it.
    master_version INTEGER NOT NULL,
    wrapped        BLOB    NOT NULL
) STRICT;

-- By this a wrong master key is found out. One row for each version in use.
CREATE TABLE master_key (
    version INTEGER PRIMARY KEY,
    proof   BLOB    NOT NULL
) STRICT;
