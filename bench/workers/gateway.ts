import { join } from 'node:path'
import type { GatewayRecorder } from '../../packages/server/src/capture/postgres-gateway/gateway-recorder.ts'
import type * as startGatewayModule from '../../packages/server/src/capture/postgres-gateway/start-gateway.ts'
import type * as toDraftsModule from '../../packages/server/src/capture/postgres-gateway/to-drafts.ts'
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

/** A gateway that makes the events of what it sees, and throws them away. */
answerRequests(async ({ serverPort }: GatewayRequest): Promise<GatewayResult> => {
  const { startGateway } = await built<typeof startGatewayModule>('start-gateway')
  const { toQueryDraft } = await built<typeof toDraftsModule>('to-drafts')
  const drafts = {
    gatewayId: 'measured',
    hashSecret: (): string => '00000000',
    bindParameters: 'full',
    logins: new Map<string, never>(),
  } as const
  const recorder: GatewayRecorder = {
    sessionStarted: () => undefined,
    statementFinished: (session, statement) => void toQueryDraft(session, statement, drafts),
    sessionEnded: () => undefined,
    admit: async () => undefined,
    intentsSettled: () => undefined,
    untilRoom: () => undefined,
  }
  const { address } = await startGateway({
    listen: { host: '127.0.0.1', port: 0 },
    server: { host: '127.0.0.1', port: serverPort },
    recorder,
  })
  return { port: address.port }
})
