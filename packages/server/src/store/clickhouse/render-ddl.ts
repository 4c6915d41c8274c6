/**
 * What a power cut needs (measured): without these an acknowledged insert, or a whole merged part, can be gone.
 */
const durableSettings = [
  'fsync_after_insert = 1',
  'fsync_part_directory = 1',
  'min_rows_to_fsync_after_merge = 1',
  'min_compressed_bytes_to_fsync_after_merge = 1',
].join(', ')

/**
 * A migration's statement for an engine: `{on_cluster}`, `{engine:table}` (or `{aggregating_engine:table}`) and `{durable}` are filled in. In a cluster
 * every replica of its one shard holds all tables; `{shard}`, `{replica}`, `{database}` are then the server's own
 * macros.
 */
export function renderDdl(statement: string, cluster: string | undefined): string {
  return statement.replace(
    /\{(on_cluster|durable|(aggregating_)?engine:(\w+))\}/g,
    (_, placeholder: string, aggregating: string | undefined, table: string | undefined) => {
      const kind = aggregating === undefined ? 'MergeTree' : 'AggregatingMergeTree'
      if (placeholder === 'durable') return durableSettings
      if (placeholder === 'on_cluster') return cluster === undefined ? '' : `ON CLUSTER \`${cluster}\``
      return cluster === undefined
        ? kind
        : `Replicated${kind}('/clickhouse/tables/{shard}/aleph/{database}/${table}', '{replica}')`
    },
  )
}
