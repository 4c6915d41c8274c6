import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { EventDraft } from '../../packages/domain/src/event.ts'
import { EventMaker } from '../made-events.ts'
import { answerRequests } from '../worker.ts'

/** Sends JSON lines as fast as the server takes them, over `clients` connections, for so many seconds. */
export type IngestClientRequest = {
  url: string
  authorization: string
  seconds: number
  clients: number
}

export type IngestClientResult = { accepted: number }

/** A shipper of logs sends files or buffers of such sizes. */
const linesPerRequest = 20_000
const linesPerChunk = 200

/** Distinct events, made by `{ prepare }` before the clock starts; a client begins again after the last. */
let pool: Buffer[] = []

/** `sqlKey`: where the SQL stands in `data`; under another key than `sql` it is not read. */
type Prepare = { prepare: number; sqlKey?: string }

answerRequests(async (asked: IngestClientRequest | Prepare) => {
  if ('prepare' in asked) {
    pool = makePool(asked.prepare, asked.sqlKey ?? 'sql')
    return undefined
  }
  const agent = new Agent({ keepAlive: true, maxSockets: asked.clients })
  const endMs = performance.now() + asked.seconds * 1000
  const counts = await Promise.all(
    Array.from({ length: asked.clients }, async (_, client) => {
      let accepted = 0
      let chunk = Math.floor((client / asked.clients) * pool.length)
      while (performance.now() < endMs) {
        const sent = await post(asked, agent, endMs, chunk)
        accepted += sent.accepted
        chunk = sent.nextChunk
      }
      return accepted
    }),
  )
  agent.destroy()
  const result: IngestClientResult = { accepted: counts.reduce((sum, count) => sum + count, 0) }
  return result
})

function makePool(events: number, sqlKey: string): Buffer[] {
  const maker = new EventMaker(1)
  const chunks: Buffer[] = []
  for (let made = 0; made < events; made += linesPerChunk) {
    const lines = Array.from({ length: linesPerChunk }, () => toLine(maker.make(), sqlKey))
    chunks.push(Buffer.from(lines.join('')))
  }
  return chunks
}

function toLine({ data = {}, ...draft }: EventDraft, sqlKey: string): string {
  const { sql, ...others } = data
  const named = sql === undefined ? data : { [sqlKey]: sql, ...others }
  return `${JSON.stringify({ ...draft, data: named })}\n`
}

async function post(
  { url, authorization }: IngestClientRequest,
  agent: Agent,
  endMs: number,
  firstChunk: number,
): Promise<{ accepted: number; nextChunk: number }> {
  const sending = request(`${url}/api/v1/events`, {
    method: 'POST',
    agent,
    headers: { authorization, 'content-type': 'application/x-ndjson' },
  })
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    sending.once('error', reject)
    sending.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.once('error', reject)
    })
  })
  let chunk = firstChunk
  for (let lines = 0; lines < linesPerRequest && performance.now() < endMs; lines += linesPerChunk) {
    const hasRoom = sending.write(pool[chunk % pool.length])
    chunk++
    // An answer before the end is a refusal, and nobody reads on: waiting for room alone would last for ever.
    if (!hasRoom) await Promise.race([once(sending, 'drain'), answered])
  }
  sending.end()
  const { status, text } = await answered
  if (status !== 201) throw new Error(`the server answered ${status}: ${text}`)
  // The contract: 201 {"accepted": n}.
  return { accepted: (JSON.parse(text) as { accepted: number }).accepted, nextChunk: chunk }
}
