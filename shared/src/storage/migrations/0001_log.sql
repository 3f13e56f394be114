CREATE TABLE statement (
    height INTEGER PRIMARY KEY,
    signed BLOB NOT NULL
) STRICT;

CREATE TABLE feed (
    key    INTEGER PRIMARY KEY,
    id     BLOB NOT NULL UNIQUE,
    node   INTEGER NOT NULL,
    space  BLOB NOT NULL,
    epoch  INTEGER NOT NULL,
    height INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    roster INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_by_space ON feed (space, node, epoch, id);

CREATE TABLE entry (
    feed      INTEGER NOT NULL REFERENCES feed (key),
    seq       INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    body      BLOB NOT NULL,
    signature BLOB,
    PRIMARY KEY (feed, seq)
) STRICT, WITHOUT ROWID;

-- Bytes rest beside the entry that commits to their hash, so that they can be erased while the chain still verifies.
CREATE TABLE change (
    feed  INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    item  INTEGER NOT NULL,
    doc   BLOB NOT NULL,
    hash  BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (feed, seq, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_by_hash ON change (hash);
CREATE INDEX change_by_doc ON change (doc);

-- The newest signed word of each node on what it has; the cursor lets a reader ask for what is newer than it knows.
CREATE TABLE frontier (
    cursor  INTEGER PRIMARY KEY AUTOINCREMENT,
    node    INTEGER NOT NULL,
    space   BLOB NOT NULL,
    counter INTEGER NOT NULL,
    bytes   BLOB NOT NULL,
    heard   INTEGER NOT NULL,
    UNIQUE (node, space)
) STRICT;
