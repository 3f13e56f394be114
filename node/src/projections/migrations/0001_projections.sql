-- Caches: everything here but `seen` and `meta` can be dropped and made again from the log.

CREATE TABLE snapshot (
    doc   BLOB PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Logged changes that their documents have not taken, with the reason; reconsidered, never dropped.
CREATE TABLE held (
    hash   BLOB PRIMARY KEY,
    doc    BLOB NOT NULL,
    actor  BLOB NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_doc ON held (doc);

CREATE TABLE plan (
    doc         BLOB PRIMARY KEY,
    title       TEXT NOT NULL,
    period      TEXT NOT NULL,
    sections    INTEGER NOT NULL,
    items       INTEGER NOT NULL,
    divergences INTEGER NOT NULL,
    data        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE execution (
    doc         BLOB PRIMARY KEY,
    plan        BLOB NOT NULL,
    org         INTEGER NOT NULL,
    divergences INTEGER NOT NULL,
    data        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX execution_by_plan ON execution (plan, org);

-- What this node applied, in the order it did: the source of «Что изменилось без вас».
CREATE TABLE news (
    n       INTEGER PRIMARY KEY AUTOINCREMENT,
    doc     BLOB NOT NULL,
    change  BLOB NOT NULL,
    applied INTEGER NOT NULL,
    data    TEXT NOT NULL
) STRICT;

CREATE TABLE incident (
    n       INTEGER PRIMARY KEY AUTOINCREMENT,
    noticed INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    org     INTEGER,
    subject TEXT NOT NULL,
    UNIQUE (kind, subject)
) STRICT;

-- Small facts of this node alone: who it is, what its user has read, when it last exchanged.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Tickets that this node gave out and nobody has used.
CREATE TABLE invite (
    secret BLOB PRIMARY KEY,
    name   TEXT NOT NULL,
    basis  TEXT NOT NULL,
    made   INTEGER NOT NULL,
    used   INTEGER
) STRICT, WITHOUT ROWID;
