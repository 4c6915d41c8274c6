-- How far each server has brought its events into the event store that all of them share: what a live tail on another
-- server may read. `first_sequence` is where it stood when it first said so.
CREATE TABLE applied_positions (
  node TEXT PRIMARY KEY,
  first_sequence BIGINT NOT NULL,
  sequence BIGINT NOT NULL
);
