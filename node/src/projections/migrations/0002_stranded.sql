-- Own entries that another branch of their feed has displaced: cut out of the log and kept as evidence. What they said
-- is written again in a new epoch.
CREATE TABLE stranded (
    n       INTEGER PRIMARY KEY AUTOINCREMENT,
    noticed INTEGER NOT NULL,
    feed    BLOB NOT NULL,
    seq     INTEGER NOT NULL,
    entry   BLOB NOT NULL,
    sign    BLOB,
    UNIQUE (feed, seq, entry)
) STRICT;

CREATE TABLE stranded_change (
    hash  BLOB PRIMARY KEY,
    doc   BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
