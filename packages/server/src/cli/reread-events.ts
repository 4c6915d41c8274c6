import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { Connection } from './connect.ts'

const path = '/local/reread'

const statusSchema = z.object({
  state: z.enum(['idle', 'running', 'done', 'stopped', 'failed']),
  weeks: z.number(),
  weeksDone: z.number(),
  events: z.number(),
  changed: z.number(),
  message: z.string().optional(),
})

type Status = z.infer<typeof statusSchema>

const pollMs = 500

export type RereadOptions = { status?: boolean; stop?: boolean }

/**
 * Has the server read the SQL of all stored events anew, and tells how far it has come until it is done. Returns whether
 * it came to its end. When this command is interrupted, a server that was running before goes on.
 */
export async function rereadEvents(
  connection: Connection,
  options: RereadOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const ask = async (method: string): Promise<Status> =>
    statusSchema.parse(await connection.call(method, path))
  if (options.status === true || options.stop === true) {
    const status = await ask(options.stop === true ? 'DELETE' : 'GET')
    print(describe(status))
    return status.state !== 'failed'
  }
  let shown = ''
  for (let status = await ask('POST'); ; status = await ask('GET')) {
    const line = describe(status)
    if (line !== shown) print(line)
    shown = line
    if (status.state !== 'running') return status.state === 'done'
    await sleep(pollMs)
  }
}

function describe({ state, weeks, weeksDone, events, changed, message }: Status): string {
  const counts = `${weeksDone} of ${weeks} weeks, ${events} events, ${changed} of them changed`
  switch (state) {
    case 'idle':
      return 'The stored events were not read anew since the server started.'
    case 'running':
      return `Reading: ${counts}.`
    case 'done':
      return `Done: ${events} events read, ${changed} of them changed.`
    case 'stopped':
      return `Stopped after ${counts}. What is done stays; begin anew for the rest.`
    case 'failed':
      return `Failed after ${counts}: ${message ?? 'see the log of the server'}`
  }
}
