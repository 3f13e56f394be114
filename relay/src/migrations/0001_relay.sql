-- The network this relay serves, told at the first start. One row.
CREATE TABLE relay_network (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    network BLOB NOT NULL
) STRICT;

-- The letter box: one letter for each sender, with the lead's answer once there is one.
CREATE TABLE letter (
    sender  BLOB PRIMARY KEY,
    letter  BLOB NOT NULL,
    heard   INTEGER NOT NULL,
    reply   BLOB
) STRICT, WITHOUT ROWID;
