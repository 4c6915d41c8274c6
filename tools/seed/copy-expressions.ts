import type { Engine } from '../../packages/server/src/store/clickhouse/engine.ts'

/**
 * Stands for a number in the SQL of an event that is to be copied. Lower-case and without a character that JSON
 * escapes, so that it is the same in the JSON of the event and in every column made from it.
 */
export const literalMarker = 'aleph0seed0literal0marker'

/** What a copy needs to know beside the columns of its source, in the staging tables. */
export const stagingColumns = [
  'seed_ordinal UInt32',
  'seed_copies UInt32',
  'seed_first_sequence UInt64',
  // In microseconds, since 1970 or as a length.
  'seed_window_start Int64',
  'seed_window_length UInt64',
  'seed_lag Int64',
  'seed_literal_digits UInt8',
] as const

/** What is new in each copy; all of it follows from the id of the source and the number of the copy. */
const newInCopy = `
  lower(hex(sipHash128('id', id, seed_copy))) AS seed_digest,
  concat(substring(seed_digest, 1, 8), '-', substring(seed_digest, 9, 4), '-8', substring(seed_digest, 14, 3),
    '-a', substring(seed_digest, 18, 3), '-', substring(seed_digest, 21, 12)) AS seed_id,
  sipHash64('random', id, seed_copy) AS seed_random,
  fromUnixTimestamp64Micro(seed_window_start + toInt64(seed_random % seed_window_length), 'UTC') AS seed_at,
  seed_at + toIntervalMicrosecond(seed_lag) AS seed_received_at,
  lower(hex(sipHash128('content', id, seed_copy))) AS seed_hash,
  seed_first_sequence + seed_copy AS seed_sequence,
  toUInt64(intExp10(greatest(seed_literal_digits, 1) - 1)) AS seed_least,
  toString(seed_least + intDiv(seed_random, 1000000007) % (9 * seed_least)) AS seed_literal`

const ownValues: Partial<Record<string, string>> = {
  id: 'toUUID(seed_id)',
  occurred_at: 'seed_at',
  received_at: 'seed_received_at',
  sequence: 'seed_sequence',
  content_hash: 'seed_hash',
  // The event's JSON has only marks for what is new in a copy, but the number in its SQL; its size is that of the whole.
  event_bytes: `event_bytes
    + length(replaceOne(event, '${literalMarker}', seed_literal)) - length(event)
    + length(toString(seed_sequence)) - length(toString(sequence))`,
}

type Column = { name: string; type: string }

/** The columns of a table that an INSERT fills; the engine fills the others (MATERIALIZED, ALIAS) itself. */
export async function insertedColumns(engine: Engine, table: string): Promise<Column[]> {
  const lines = await engine.queryLines(
    'apply',
    `SELECT
       name,
       type
     FROM system.columns
     WHERE database = currentDatabase()
       AND table = {table:String}
       AND default_kind IN ('', 'DEFAULT')
     ORDER BY position`,
    { table },
  )
  return lines.map((line) => {
    const [name = '', type = ''] = line.split('\t')
    return { name, type }
  })
}

/**
 * The INSERT that makes the copies of a run of sources; `first` and `last` are its parameters. In every text in which
 * the staging table has the marker, also in columns that a later migration adds, it becomes the copy's number.
 */
export async function renderCopying(
  engine: Engine,
  table: 'events' | 'event_tables',
  settings: string,
): Promise<string> {
  const columns = await insertedColumns(engine, table)
  const marked = await findMarked(engine, table, columns)
  const values = columns.map(({ name, type }) => {
    const own = ownValues[name]
    if (own !== undefined) return own
    if (!marked.has(name)) return name
    if (type === 'String') return `replaceOne(${name}, '${literalMarker}', seed_literal)`
    return `arrayMap(one -> replaceOne(one, '${literalMarker}', seed_literal), ${name})`
  })
  return `
    INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')})
    SELECT ${values.join(',\n')}
    FROM (
      SELECT
        *,
        ${newInCopy}
      FROM (
        SELECT *
        FROM seed_${table}
        WHERE seed_ordinal BETWEEN {first:UInt32} AND {last:UInt32}
      )
      ARRAY JOIN range(seed_copies) AS seed_copy
    )
    SETTINGS ${settings}`
}

async function findMarked(engine: Engine, table: string, columns: readonly Column[]): Promise<Set<string>> {
  const texts = columns.filter(({ type }) => type === 'String' || type === 'Array(String)')
  const counts = texts.map(({ name, type }) =>
    type === 'String'
      ? `countIf(position(${name}, '${literalMarker}') > 0)`
      : `countIf(arrayExists(one -> position(one, '${literalMarker}') > 0, ${name}))`,
  )
  const [line = ''] = await engine.queryLines('apply', `SELECT ${counts.join(', ')} FROM seed_${table}`)
  const found = line.split('\t')
  return new Set(texts.filter((_column, i) => found[i] !== '0').map(({ name }) => name))
}
