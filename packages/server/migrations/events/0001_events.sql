-- One row per event. `event` is the whole stored event as JSON; every other column exists to find it, and holds the
-- lower-cased value that the reference filter compares (see toSearchableEvent). Facets show the original spelling
-- from the *_shown columns.
CREATE TABLE IF NOT EXISTS events {on_cluster} (
  workspace_id LowCardinality(String),
  occurred_at DateTime64(6, 'UTC'),
  received_at DateTime64(6, 'UTC'),
  id UUID,
  node LowCardinality(String),
  sequence UInt64,
  content_hash FixedString(32),
  type LowCardinality(String),
  outcome LowCardinality(String),
  actor_id String,
  name String,
  email String,
  actor_shown String,
  name_shown String,
  email_shown String,
  source LowCardinality(String),
  database LowCardinality(String),
  database_shown LowCardinality(String),
  login LowCardinality(String),
  tool LowCardinality(String),
  application String,
  application_shown String,
  session String,
  request String,
  ip String,
  ip_key String,
  kind LowCardinality(String),
  fingerprint String,
  flags Array(LowCardinality(String)),
  tables Array(String),
  table_names Array(LowCardinality(String)),
  targets Array(String),
  errors Array(String),
  duration_ms Nullable(Float64),
  rows Nullable(Float64),
  noise UInt8,
  data_paths Array(LowCardinality(String)),
  data_values Array(String),
  number_paths Array(LowCardinality(String)),
  number_values Array(Float64),
  true_paths Array(LowCardinality(String)),
  false_paths Array(LowCardinality(String)),
  event String CODEC(ZSTD(1)),
  event_bytes UInt32,
  INDEX id_bloom id TYPE bloom_filter(0.001) GRANULARITY 4,
  INDEX sequence_minmax sequence TYPE minmax GRANULARITY 1,
  PROJECTION counts_by_hour (
    SELECT
      workspace_id,
      toStartOfHour(occurred_at),
      type,
      outcome,
      name_shown,
      email_shown,
      count()
    GROUP BY
      workspace_id,
      toStartOfHour(occurred_at),
      type,
      outcome,
      name_shown,
      email_shown
  )
)
ENGINE = {engine:events}
PARTITION BY toMonday(occurred_at)
ORDER BY (workspace_id, occurred_at, id)
SETTINGS {durable};

-- One row per event and table, in the same partitions, so that both are dropped together.
CREATE TABLE IF NOT EXISTS event_tables {on_cluster} (
  workspace_id LowCardinality(String),
  occurred_at DateTime64(6, 'UTC'),
  id UUID,
  node LowCardinality(String),
  sequence UInt64,
  table_name LowCardinality(String),
  access LowCardinality(String),
  type LowCardinality(String),
  email String,
  tool LowCardinality(String),
  INDEX sequence_minmax sequence TYPE minmax GRANULARITY 1,
  PROJECTION counts_by_day (
    SELECT
      workspace_id,
      toDate(occurred_at),
      table_name,
      access,
      count()
    GROUP BY
      workspace_id,
      toDate(occurred_at),
      table_name,
      access
  )
)
ENGINE = {engine:event_tables}
PARTITION BY toMonday(occurred_at)
ORDER BY (workspace_id, table_name, occurred_at, id)
SETTINGS {durable};
