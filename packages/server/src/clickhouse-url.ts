import type { ClickHouseAddress } from './store/clickhouse/server-engine.ts'

/**
 * Reads `http(s)://user:password@host:port/database?cluster=name&insert_quorum=auto`; everything but the host has a
 * default. Returns what is wrong with it as a text, which never holds the address, because the password is in it.
 */
export function readClickHouseUrl(text: string): ClickHouseAddress | string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    return 'must be an http or https address, such as http://user:password@clickhouse.example.com:8123/audit'
  }
  const database = /^\/?$|^\/([A-Za-z_]\w{0,62})$/.exec(url.pathname)
  if (!database) return "must have a database's name (letters, digits and _) or nothing as its path"
  const { cluster, insert_quorum: insertQuorum, ...others } = Object.fromEntries(url.searchParams)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    return `must have no other parameters than cluster and insert_quorum, not "${unknown}"`
  }
  if (cluster !== undefined && !/^[\w.-]{1,64}$/.test(cluster)) return "must have a cluster's name as cluster"
  if (insertQuorum !== undefined && (cluster === undefined || !/^(auto|[1-9]\d?)$/.test(insertQuorum))) {
    return 'must have auto or a number of replicas as insert_quorum, and only together with cluster'
  }
  const decoded = [url.username, url.password].map(decode)
  const [username, password] = decoded
  if (username === undefined || password === undefined)
    return 'has a user or password that is not percent-encoded'
  return {
    origin: url.origin,
    username: username === '' ? 'default' : username,
    password,
    database: database[1] ?? 'default',
    cluster,
    insertQuorum,
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
