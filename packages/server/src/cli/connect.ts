import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { AuditError, type ErrorCode, type ErrorFacts, type Problem } from '@aleph-audit-log/domain/error'
import { startAuditLogServer } from '../audit-log-server.ts'
import type { ClientConfig, Config } from '../config.ts'
import type { Log } from '../log.ts'

/** The audit log as the command line sees it: its HTTP API, over whichever way there is. */
export type Connection = {
  /** A request whose answer is 2xx; others are thrown as the AuditError that the server told. */
  open: (method: string, path: string, body?: unknown) => Promise<IncomingMessage>
  /** The same, with the answer read as JSON; undefined where it has none. */
  call: (method: string, path: string, body?: unknown) => Promise<unknown>
  close: () => Promise<void>
}

type Address = { url: URL; socketPath?: string; authorization?: string }

/**
 * Connects to `AUDIT_URL`, else to the server that is using the data directory, else opens the directory itself for
 * the time of the command.
 */
export async function connect(client: ClientConfig, config: Config, log: Log): Promise<Connection> {
  if (client) {
    return connectionTo({ url: new URL(client.url), authorization: `Bearer ${client.apiKey}` })
  }
  const url = new URL('http://localhost')
  const socketPath = join(config.dataDir, 'command.sock')
  if (await answers(socketPath)) return connectionTo({ url, socketPath })
  const onFatal = (message: string): void => log.error(message)
  const server = await startAuditLogServer({ config, log, listen: false, onFatal })
  if (server.socketPath === undefined) {
    await server.close()
    throw new AuditError(
      'unavailable',
      'The path of the data directory is too long for a socket. Use AUDIT_URL.',
    )
  }
  return connectionTo({ url, socketPath: server.socketPath }, server.close)
}

async function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function connectionTo(address: Address, close: () => Promise<void> = async () => undefined): Connection {
  const open: Connection['open'] = async (method, path, body) => {
    const answer = await send(address, method, path, body)
    const status = answer.statusCode ?? 0
    if (status >= 200 && status < 300) return answer
    throw toAuditError(status, await readText(answer), answer.headers['retry-after'])
  }
  return {
    open,
    call: async (method, path, body) => {
      const text = await readText(await open(method, path, body))
      const value: unknown = text === '' ? undefined : JSON.parse(text)
      return value
    },
    close,
  }
}

async function send(
  { url, socketPath, authorization }: Address,
  method: string,
  path: string,
  body: unknown,
) {
  const target = new URL(path, url)
  const request = target.protocol === 'https:' ? requestHttps : requestHttp
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  return new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(
      target,
      { method, headers, ...(socketPath === undefined ? {} : { socketPath }) },
      resolve,
    )
    sent.once('error', (cause) =>
      reject(
        new AuditError('unavailable', `The audit log at ${socketPath ?? url.origin} cannot be reached.`, {
          cause,
        }),
      ),
    )
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const codes: ReadonlySet<string> = new Set<ErrorCode>([
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'unsupported_media_type',
  'rate_limited',
  'overloaded',
  'unavailable',
  'storage_full',
])

function toAuditError(status: number, text: string, retryAfter: string | undefined): AuditError {
  const problem = readProblem(text)
  const known = problem.code !== undefined && codes.has(problem.code)
  // The set holds exactly the error codes. A proxy in front has its own limit of a body, and its own page about it.
  const code = known ? (problem.code as ErrorCode) : status === 413 ? 'too_large' : 'unavailable'
  const message = problem.detail ?? `The audit log answered with status ${status}.`
  const { errors: problems = [], retentionDays } = problem
  const facts: ErrorFacts = {
    ...(retentionDays === undefined ? {} : { retentionDays }),
    ...(/^\d{1,5}$/.test(retryAfter ?? '') ? { retryAfterSeconds: Number(retryAfter) } : {}),
  }
  return new AuditError(code, message, { problems, facts })
}

type ServerProblem = { code?: string; detail?: string; errors?: Problem[]; retentionDays?: number }

function readProblem(text: string): ServerProblem {
  try {
    // A problem of our own server; anything else has none of these fields or is no JSON.
    const value = JSON.parse(text) as ServerProblem | null
    return value ?? {}
  } catch {
    return {}
  }
}
