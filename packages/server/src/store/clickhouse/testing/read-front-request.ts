import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'

/** A request to ClickHouse's HTTP interface, taken apart as a server does. */
export type FrontRequest = {
  query: string
  queryId: string
  database: string
  /** Texts as they were sent, in the engine's own escaping. */
  params: ReadonlyMap<string, string>
  settings: ReadonlyMap<string, string>
  /** What follows an INSERT as the body; undefined: the body was the query. */
  rows: string | undefined
  /** The engine has ended its work for it. */
  isDone?: boolean
}

/** What the HTTP interface says no to, with the engine's code for it. */
export class FrontRefusal extends Error {
  readonly code: number
  readonly status: number

  constructor(status: number, code: number, message: string) {
    super(`Code: ${code}. DB::Exception: ${message} (FAKE_FRONT)`)
    this.code = code
    this.status = status
  }
}

/** The server's own defaults: http_max_uri_size and http_max_field_value_size. */
const uriBytesMax = 1024 * 1024
const fieldBytesMax = 128 * 1024

export async function readFrontRequest(request: IncomingMessage): Promise<FrontRequest> {
  if ((request.url ?? '').length > uriBytesMax) throw new FrontRefusal(414, 1000, 'URI too long')
  const url = new URL(request.url ?? '/', 'http://front')
  const fields = new Map(url.searchParams)
  const body = await readBody(request)
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1]
  if (boundary !== undefined) for (const [name, value] of readParts(body, boundary)) fields.set(name, value)
  for (const [name, value] of fields) {
    if (Buffer.byteLength(value) > fieldBytesMax) {
      throw new FrontRefusal(400, 1000, `Field value too long: ${name}`)
    }
  }
  const queryOfUrl = fields.get('query')
  const params = new Map<string, string>()
  const settings = new Map<string, string>()
  for (const [name, value] of fields) {
    if (name.startsWith('param_')) params.set(name.slice('param_'.length), value)
    else if (!['query', 'query_id', 'database'].includes(name)) settings.set(name, value)
  }
  return {
    query: queryOfUrl ?? body,
    queryId: fields.get('query_id') ?? '',
    database: fields.get('database') ?? 'default',
    params,
    settings,
    rows: queryOfUrl === undefined || boundary !== undefined ? undefined : body,
  }
}

/** The whole body; a connection that ends too early is an error, as it is for a server. */
async function readBody(request: IncomingMessage): Promise<string> {
  if (request.headers['content-encoding'] !== 'gzip') return text(request)
  const unpacked = createGunzip()
  request.pipe(unpacked)
  const cut = once(request, 'aborted').then(() => {
    throw new Error('the body was cut off')
  })
  return Promise.race([text(unpacked), cut])
}

function* readParts(body: string, boundary: string): Generator<[string, string]> {
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const found = /^\r\nContent-Disposition: form-data; name="([^"]+)"\r\n\r\n([^]*)\r\n$/.exec(part)
    if (!found) throw new FrontRefusal(400, 1000, 'Cannot read a part of the form')
    yield [found[1] ?? '', found[2] ?? '']
  }
}
