import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Session } from 'chdb'
import { engineErrorCode } from '../engine-error.ts'
import { quoteText, setParams } from '../render-params.ts'
import type { ClickHouseAddress } from '../server-engine.ts'
import { FrontRefusal, readFrontRequest, type FrontRequest } from './read-front-request.ts'

/**
 * - `error`: 500 without a word of the engine, and nothing is done (a proxy that has lost its server).
 * - `cut before`: the connection breaks before the engine gets anything.
 * - `cut after`: the engine does all of its work, then the connection breaks without an answer.
 * - `cut answer`: the engine does all of its work, and the connection breaks in the middle of the answer.
 * - `busy`: the engine works at something endless instead, until it is killed.
 */
export type FrontFault = 'error' | 'cut before' | 'cut after' | 'cut answer' | 'busy'

export type FrontOptions = {
  /** A directory of its own for chDB; a process can have one only. */
  path: string
  /** The time zone of the server's machine. */
  timeZone?: string
}

export type ClickHouseHttpFront = {
  address: ClickHouseAddress
  url: string
  /** What was asked so far, as it came. */
  requests: FrontRequest[]
  /** Decides for each request whether it goes wrong. */
  fault: (request: FrontRequest) => FrontFault | undefined
  /** Said instead of the engine's own version. */
  version: string | undefined
  /** Ids of the queries that the engine is running. */
  running: () => Promise<string[]>
  kill: (queryId: string) => Promise<void>
  /** Stops listening and breaks every connection; the engine and its tables stay. */
  goAway: () => Promise<void>
  comeBack: () => Promise<void>
  close: () => Promise<void>
}

const username = 'audit'
const password = 'p@ss/w:rd'

/** Parts of HTTP alone, and what one session could not take back. */
const settingsOfHttp: ReadonlySet<string> = new Set([
  'wait_end_of_query',
  'enable_http_compression',
  'cancel_http_readonly_queries_on_client_close',
  'readonly',
  'log_comment',
])

const endlessQuery = 'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)'

/**
 * **A fake**: so much of a ClickHouse server's HTTP interface as `@clickhouse/client` needs, in front of the chDB of
 * this process. SQL, settings, parameters, rows and errors are the real engine's; HTTP, users, query ids, clusters and
 * faults are made up here. Query ids live in `log_comment`, because chDB's own cannot be chosen. Clusters are one
 * replica: `ON CLUSTER` is left out, Replicated tables are plain ones, and syncing a replica does nothing. What passes
 * here has not been tried on a server.
 */
export async function startClickHouseHttpFront(options: FrontOptions): Promise<ClickHouseHttpFront> {
  const root = new Session(options.path)
  const working = new Set<Promise<void>>()
  const server = createServer({ maxHeaderSize: 2 * 1024 * 1024 }, (request, response) => {
    const work = answer(front, options, root, request, response).finally(() => working.delete(work))
    working.add(work)
  })
  const listen = async (port: number): Promise<number> =>
    new Promise((resolve) => {
      // A listening TCP server has an address of this kind.
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    })
  const goAway = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  const port = await listen(0)
  const origin = `http://127.0.0.1:${port}`
  const front: ClickHouseHttpFront = {
    address: { origin, username, password, database: 'default', cluster: undefined, insertQuorum: undefined },
    url: `http://${username}:${encodeURIComponent(password)}@127.0.0.1:${port}/default`,
    requests: [],
    fault: () => undefined,
    version: undefined,
    running: async () => runningQueries(root),
    kill: async (queryId) => kill(root, queryId),
    goAway,
    comeBack: async () => void (await listen(port)),
    close: async () => {
      if (server.listening) await goAway()
      for (const id of await runningQueries(root)) if (id !== '') await kill(root, id)
      await Promise.all(working)
      root.close()
    },
  }
  return front
}

async function runningQueries(root: Session): Promise<string[]> {
  const { text } = await ask(root, "SELECT Settings['log_comment'] FROM system.processes")
  return text.split('\n').filter((line) => line !== '')
}

async function kill(root: Session, queryId: string): Promise<void> {
  await ask(root, `KILL QUERY WHERE Settings['log_comment'] = ${quoteText(queryId)} ASYNC`)
}

async function ask(session: Session, sql: string): Promise<{ text: string }> {
  return { text: (await session.queryAsync(sql, { format: 'TabSeparatedRaw' })).text() }
}

async function answer(
  front: ClickHouseHttpFront,
  options: FrontOptions,
  root: Session,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url === '/ping') {
    response.end('Ok.\n')
    return
  }
  try {
    admit(request)
    const asked = await readFrontRequest(request)
    front.requests.push(asked)
    const fault = front.fault(asked)
    if (fault === 'cut before') response.destroy()
    else if (fault === 'error') response.writeHead(502).end('<html>Bad gateway</html>')
    else await work(asked, fault, { ...options, version: front.version }, root, response)
  } catch (error) {
    const code = error instanceof FrontRefusal ? error.code : (engineErrorCode(error) ?? 1002)
    const status = error instanceof FrontRefusal ? error.status : 500
    response.writeHead(status, { 'x-clickhouse-exception-code': String(code) })
    response.end(error instanceof Error ? error.message : String(error))
  }
}

function admit(request: IncomingMessage): void {
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  if (request.headers.authorization !== expected) {
    throw new FrontRefusal(403, 516, `${username}: Authentication failed: password is incorrect.`)
  }
}

type SessionOptions = FrontOptions & { version: string | undefined }

async function work(
  asked: FrontRequest,
  fault: FrontFault | undefined,
  options: SessionOptions,
  root: Session,
  response: ServerResponse,
): Promise<void> {
  if (asked.database !== 'default') {
    throw new FrontRefusal(404, 81, `Database ${asked.database} does not exist`)
  }
  const isReadOnly = asked.settings.get('readonly') === '2'
  if (isReadOnly && !/^\s*(SELECT|WITH|EXPLAIN)\b/i.test(asked.query)) {
    throw new FrontRefusal(500, 164, 'Cannot execute query in readonly mode')
  }
  if (isReadOnly && asked.settings.get('cancel_http_readonly_queries_on_client_close') === '1') {
    response.once('close', () => void stopIfLeft(root, asked, response))
  }
  const text = await runInSession(asked, fault, options).finally(() => (asked.isDone = true))
  if (fault === 'cut after') {
    response.destroy()
  } else if (fault === 'cut answer') {
    response.writeHead(200, { 'content-type': 'text/tab-separated-values' })
    response.write(text.slice(0, Math.ceil(text.length / 2)))
    setImmediate(() => response.destroy())
  } else {
    response.writeHead(200, { 'content-type': 'text/tab-separated-values' }).end(text)
  }
}

/** A server looks again and again whether the client is still there. */
async function stopIfLeft(root: Session, asked: FrontRequest, response: ServerResponse): Promise<void> {
  while (!response.writableFinished && asked.isDone !== true) {
    await kill(root, asked.queryId)
    await delay(10)
  }
}

/** Each request has a session of its own, as over HTTP without a `session_id`. */
async function runInSession(
  asked: FrontRequest,
  fault: FrontFault | undefined,
  options: SessionOptions,
): Promise<string> {
  const session = new Session(options.path)
  try {
    const { timeZone = 'UTC', version } = options
    const settings = new Map([['session_timezone', timeZone], ...asked.settings])
    for (const name of settingsOfHttp) settings.delete(name)
    settings.set('log_comment', asked.queryId)
    const assignments = Array.from(settings, ([name, value]) => `${name} = ${quoteText(value)}`)
    await ask(session, `SET ${assignments.join(', ')}`)
    const params = setParams(asked.params)
    if (params !== undefined) await ask(session, params)
    if (fault === 'busy') return (await ask(session, endlessQuery)).text
    if (version !== undefined && asked.query.startsWith('SELECT version()')) return `${version}\n`
    if (asked.rows !== undefined) return await insertRows(session, asked.query, asked.rows)
    return (await ask(session, withoutCluster(asked.query))).text
  } catch (error) {
    // A session keeps what is left of a query that failed until its next one, and is closed only later.
    await ask(session, 'SELECT 1')
    throw error
  } finally {
    session.close()
  }
}

async function insertRows(session: Session, query: string, rows: string): Promise<string> {
  const [, table, columns] =
    /^INSERT INTO (\w+) \(([\w, ]+)\) FORMAT JSONCompactEachRow$/.exec(query.trim()) ?? []
  if (table === undefined || columns === undefined) {
    throw new FrontRefusal(500, 62, `Syntax error: ${query}`)
  }
  const values = Buffer.from(rows)
  await session.insert({ table, columns: columns.split(', '), format: 'JSONCompactEachRow', values })
  return ''
}

/** What one engine without Keeper can run of a statement; query ids are where `runInSession` put them. */
function withoutCluster(query: string): string {
  if (query.startsWith('EXPLAIN')) return query
  if (query.startsWith('SYSTEM SYNC REPLICA')) return 'SELECT 1'
  const single = query
    .replace(/ON CLUSTER `[^`]+`/g, '')
    .replace(/Replicated(\w*MergeTree)\('[^']*', '[^']*'\)/g, '$1')
    .replace(/clusterAllReplicas\('[^']+', (system\.\w+)\)/g, '$1')
  return /^KILL QUERY|FROM system\.processes/m.test(single)
    ? single.replace(/\bquery_id\b/g, "Settings['log_comment']")
    : single
}
