import { join } from 'node:path'
import type { Outbox } from '../../packages/server/src/capture/postgres-gateway/outbox.ts'
import type * as outboxRecorderModule from '../../packages/server/src/capture/postgres-gateway/outbox-recorder.ts'
import type * as startGatewayModule from '../../packages/server/src/capture/postgres-gateway/start-gateway.ts'
import { answerRequests } from '../worker.ts'

/** The server on this machine that the gateway stands in front of. */
export type GatewayRequest = { serverPort: number }

/** The port on which it listens. */
export type GatewayResult = { port: number }

/** From the build: see `WorkerOptions`. */
async function built<Module>(name: string): Promise<Module> {
  const folder = join(import.meta.dirname, '../../packages/server/dist/capture/postgres-gateway')
  // What the compiler made of the source whose type the caller names.
  return (await import(join(folder, `${name}.js`))) as Module
}

/** Takes events and throws them away. */
const nowhere: Outbox = {
  add: () => undefined,
  addIntents: async () => undefined,
  settle: () => undefined,
  waitForRoom: () => undefined,
  status: () => ({ eventsRecorded: 0, eventsWaiting: 0, eventsLost: 0 }),
  close: async () => undefined,
}

/** A gateway as it runs in the mode observe, but that its events go nowhere. */
answerRequests(async ({ serverPort }: GatewayRequest): Promise<GatewayResult> => {
  const { startGateway } = await built<typeof startGatewayModule>('start-gateway')
  const { OutboxRecorder } = await built<typeof outboxRecorderModule>('outbox-recorder')
  const recorder = new OutboxRecorder(nowhere, {
    drafts: {
      gatewayId: 'measured',
      hashSecret: () => '00000000',
      bindParameters: 'full',
      logins: new Map(),
    },
    isLate: true,
    log: { info: () => undefined, warn: () => undefined, error: (message) => console.error(message) },
  })
  const { address } = await startGateway({
    listen: { host: '127.0.0.1', port: 0 },
    server: { host: '127.0.0.1', port: serverPort },
    recorder,
  })
  return { port: address.port }
})
