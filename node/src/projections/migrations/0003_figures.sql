-- Caches of the figures' documents: dropped and made again from the log like all others.

CREATE TABLE indicators (
    doc    BLOB PRIMARY KEY,
    number INTEGER NOT NULL,
    data   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign (
    doc    BLOB PRIMARY KEY,
    period TEXT NOT NULL,
    data   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE value_sheet (
    doc      BLOB PRIMARY KEY,
    campaign BLOB NOT NULL,
    org      INTEGER NOT NULL,
    data     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX value_sheet_by_campaign ON value_sheet (campaign, org);
