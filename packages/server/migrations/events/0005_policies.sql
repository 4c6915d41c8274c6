-- What policies decided when an event came in, and the tags of its tables: see toSearchableEvent. Events from before have
-- neither, so nothing is filled. Without an index: what is nearly always the same takes nearly no bytes to read, and an
-- index of columns that old parts do not have breaks their mutations.
ALTER TABLE events {on_cluster}
  ADD COLUMN IF NOT EXISTS tags Array(LowCardinality(String)),
  ADD COLUMN IF NOT EXISTS policy Array(LowCardinality(String));
