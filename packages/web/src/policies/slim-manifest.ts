/** Keys of a node and of a column that say which table it is and what tags it has. */
const nodeKeys = [
  'resource_type',
  'relation_name',
  'database',
  'schema',
  'alias',
  'identifier',
  'name',
  'tags',
]
const columnKeys = ['name', 'tags']

/**
 * What of a dbt manifest tells tags: a manifest has the SQL of every model and may be larger than a request. A text that
 * is no manifest stays as it is, for the server to say so.
 */
export function slimManifest(text: string): string {
  let manifest: unknown
  try {
    manifest = JSON.parse(text)
  } catch {
    return text
  }
  const { nodes, sources } = recordOf(manifest)
  if (nodes === undefined && sources === undefined) return text
  return JSON.stringify({ nodes: slimAll(nodes, slimNode), sources: slimAll(sources, slimNode) })
}

type Json = Record<string, unknown>

function recordOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

function slimAll(value: unknown, slim: (item: Json) => Json): Json {
  return Object.fromEntries(Object.entries(recordOf(value)).map(([key, item]) => [key, slim(recordOf(item))]))
}

function slimNode(node: Json): Json {
  const columns = slimAll(node['columns'], (column) => pick(column, columnKeys))
  return { ...pick(node, nodeKeys), columns }
}

function pick(item: Json, keys: readonly string[]): Json {
  const { tags, meta, materialized } = recordOf(item['config'])
  return {
    ...Object.fromEntries(keys.flatMap((key) => (key in item ? [[key, item[key]]] : []))),
    meta: { tags: recordOf(item['meta'])['tags'] },
    config: { tags, materialized, meta: { tags: recordOf(meta)['tags'] } },
  }
}
