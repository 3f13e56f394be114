-- What can be searched: a line for the plan itself (row ''), for each of its rows, and for what an organisation says of
-- the execution of a row. `stems` are the stems of its words; FTS5 indexes them and keeps no second copy. `source` is the
-- hash of the text that they were made of.

CREATE TABLE search_line (
    id     INTEGER PRIMARY KEY,
    doc    BLOB NOT NULL,
    plan   BLOB NOT NULL,
    row    TEXT NOT NULL,
    stems  TEXT NOT NULL,
    source BLOB NOT NULL
) STRICT;
CREATE INDEX search_line_by_doc ON search_line (doc);

CREATE VIRTUAL TABLE search USING fts5 (
    stems,
    content = 'search_line',
    content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 0'
);
