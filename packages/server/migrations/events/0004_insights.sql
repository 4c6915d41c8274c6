-- Who was seen, which tables and which queries, first and last: it outlives the events. `scope` tells of which events:
-- `everything`, or `queries` alone for who sees nothing else. Every column keeps the lowest or the greatest value, so
-- that a batch which is told twice changes nothing. `latest` is what was said last, with its time; `text` is told once
-- by each process and left empty afterwards.
CREATE TABLE IF NOT EXISTS usage_seen {on_cluster} (
  workspace_id LowCardinality(String),
  kind LowCardinality(String),
  scope LowCardinality(String),
  name String,
  first_at SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  latest SimpleAggregateFunction(max, Tuple(DateTime64(6, 'UTC'), String)),
  text SimpleAggregateFunction(max, String)
)
ENGINE = {aggregating_engine:usage_seen}
ORDER BY (workspace_id, kind, scope, name)
SETTINGS {durable};

-- Who did it, whatever is known of them: see `personOf`. A column, because the engine does not take a projection for an
-- expression of this kind.
ALTER TABLE events {on_cluster}
  ADD COLUMN IF NOT EXISTS person String DEFAULT
    if(email != '', email, if(actor_id != '', actor_id, name)),
  -- Beside `table_names`: whether the event writes the table. In rows from before it is read of the event, in which half of a
  -- surrogate pair may stand as an escape: the engine does not take that for JSON.
  ADD COLUMN IF NOT EXISTS table_writes Array(UInt8) DEFAULT
    arrayResize(
      arrayMap(
        one -> toUInt8(JSONExtractString(one, 'access') = 'write'),
        JSONExtractArrayRaw(
          if(isValidJSON(event), event, replaceRegexpAll(event, '\\\\u[dD][89a-fA-F][0-9a-fA-F]{2}', '\\\\ufffd')),
          'statement',
          'tables'
        )
      ),
      length(table_names)
    );

-- `is_first` is 1 in the first of an event's rows of a table, which counts the event, and 2 where it is not known: rows
-- from before are made anew of their events at the start (see fillOldTables).
ALTER TABLE event_tables {on_cluster}
  ADD COLUMN IF NOT EXISTS person String,
  ADD COLUMN IF NOT EXISTS noise UInt8,
  ADD COLUMN IF NOT EXISTS is_first UInt8 DEFAULT 2;

ALTER TABLE events {on_cluster}
  -- Events by quarters of an hour: the time zones of the world differ by those.
  ADD PROJECTION IF NOT EXISTS counts_by_quarter (
    SELECT
      workspace_id,
      toStartOfFifteenMinutes(occurred_at),
      type,
      outcome,
      noise,
      count()
    GROUP BY
      workspace_id,
      toStartOfFifteenMinutes(occurred_at),
      type,
      outcome,
      noise
  ),
  -- Durations by their logarithm, and what is summed up within bounds: see duration-buckets.ts.
  ADD PROJECTION IF NOT EXISTS queries_by_day (
    SELECT
      workspace_id,
      toDate(occurred_at),
      fingerprint,
      person,
      type,
      outcome,
      noise,
      toInt16(if(isNull(duration_ms), -32768, greatest(-40, floor(log2(greatest(assumeNotNull(duration_ms), 0.0009765625)) * 4)))),
      count(),
      sum(least(greatest(ifNull(duration_ms, 0), 0), 1e15)),
      sum(least(greatest(ifNull(rows, 0), 0), 1e15))
    GROUP BY
      workspace_id,
      toDate(occurred_at),
      fingerprint,
      person,
      type,
      outcome,
      noise,
      toInt16(if(isNull(duration_ms), -32768, greatest(-40, floor(log2(greatest(assumeNotNull(duration_ms), 0.0009765625)) * 4))))
  ),
  -- Serves people as well as tools: each projection is some files more in every part.
  ADD PROJECTION IF NOT EXISTS tools_by_day (
    SELECT
      workspace_id,
      toDate(occurred_at),
      tool,
      login,
      application_shown,
      person,
      type,
      outcome,
      noise,
      count(),
      max(occurred_at)
    GROUP BY
      workspace_id,
      toDate(occurred_at),
      tool,
      login,
      application_shown,
      person,
      type,
      outcome,
      noise
  );

ALTER TABLE event_tables {on_cluster} ADD PROJECTION IF NOT EXISTS tables_by_day (
  SELECT
    workspace_id,
    toDate(occurred_at),
    table_name,
    access,
    person,
    tool,
    type,
    noise,
    count(),
    sum(is_first)
  GROUP BY
    workspace_id,
    toDate(occurred_at),
    table_name,
    access,
    person,
    tool,
    type,
    noise
);

-- What they counted is in the new ones.
ALTER TABLE events {on_cluster} DROP PROJECTION IF EXISTS counts_by_hour;

ALTER TABLE event_tables {on_cluster} DROP PROJECTION IF EXISTS counts_by_day;

-- Rows from before get all of it in the background; until then they are counted one by one.
ALTER TABLE events {on_cluster} MATERIALIZE COLUMN person;

ALTER TABLE events {on_cluster} MATERIALIZE COLUMN table_writes;

ALTER TABLE events {on_cluster} MATERIALIZE PROJECTION counts_by_quarter;

ALTER TABLE events {on_cluster} MATERIALIZE PROJECTION queries_by_day;

ALTER TABLE events {on_cluster} MATERIALIZE PROJECTION tools_by_day;
