-- From here on `event` leaves out what other columns hold (see keepEvent). An older program cannot read that, and refuses
-- a store of this version. Events from before stay as they are, and are read as well.

-- Half the bytes of the engine's default (LZ4) for most columns. What is there gets it when it is merged.
ALTER TABLE events {on_cluster} MODIFY SETTING default_compression_codec = 'ZSTD(1)';

ALTER TABLE event_tables {on_cluster} MODIFY SETTING default_compression_codec = 'ZSTD(1)';

-- Times grow in the order of the table: their differences are small. 5.8 bytes become 3.3.
ALTER TABLE events {on_cluster}
  MODIFY COLUMN occurred_at CODEC(Delta(8), ZSTD(1)),
  MODIFY COLUMN received_at CODEC(Delta(8), ZSTD(1));

ALTER TABLE event_tables {on_cluster} MODIFY COLUMN occurred_at CODEC(Delta(8), ZSTD(1));

-- Written by whoever inserts, because `data_values` is mostly empty from here on: see joinSearchText.
ALTER TABLE events {on_cluster} MODIFY COLUMN search_text String DEFAULT
  concat(name, char(31), email, char(31), type, char(31), arrayStringConcat(data_values, char(31)))
  CODEC(ZSTD(1));

-- A week to which nothing was added for an hour is merged into one part: a search opens every part of its range, and only
-- merged parts have the index of pieces. A log that was imported out of order has hundreds of parts otherwise.
ALTER TABLE events {on_cluster}
  MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE event_tables {on_cluster}
  MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;
