-- What the lead's screen shows beside the newcomer's: the computer that came with the ticket, and the words to compare.
ALTER TABLE invite ADD COLUMN node INTEGER;
ALTER TABLE invite ADD COLUMN words TEXT;
