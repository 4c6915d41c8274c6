import { Client, type ClientConfig } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import {
  startPostgresServer,
  type PostgresServer,
  type PostgresServerOptions,
} from '../../../testing/postgres-server.ts'
import type { StatementFacts } from '../protocol/statement-facts.ts'
import type { GatewayOptions } from '../start-gateway.ts'
import { message, RawClient } from './raw-client.ts'
import { startTestGateway, type TestGateway, type TestRecorder } from './test-gateway.ts'

type Options = Omit<GatewayOptions, 'listen' | 'recorder' | 'server'>

/** A real server for all tests of a file, and a gateway of its own for each. */
export class GatewayFixture {
  #server: PostgresServer | undefined
  #gateway: TestGateway | undefined

  /** Registers the hooks; the superuser needs no password. */
  constructor(options: PostgresServerOptions = {}, gatewayOptions: Options = {}) {
    beforeAll(async () => {
      this.#server = await startPostgresServer({
        ...options,
        hba: [...(options.hba ?? []), 'host all postgres 127.0.0.1/32 trust'],
      })
    })
    afterAll(async () => this.#server?.stop())
    beforeEach(async () => this.restart(gatewayOptions))
    afterEach(async () => this.#gateway?.gateway.close())
  }

  get server(): PostgresServer {
    if (this.#server === undefined) throw new Error('The server is not there yet.')
    return this.#server
  }

  get #current(): TestGateway {
    if (this.#gateway === undefined) throw new Error('The gateway is not there yet.')
    return this.#gateway
  }

  get gateway(): TestGateway['gateway'] {
    return this.#current.gateway
  }

  get recorder(): TestRecorder {
    return this.#current.recorder
  }

  get port(): number {
    return this.#current.port
  }

  /** Another gateway in the place of the one that is there. */
  async restart(options: Options): Promise<void> {
    await this.#gateway?.gateway.close()
    const server = { host: '127.0.0.1', port: this.server.port }
    this.#gateway = await startTestGateway({ server, ...options })
  }

  async connected<T>(work: (client: Client) => Promise<T>, config: ClientConfig = {}): Promise<T> {
    const { superuser: user, password } = this.server
    const client = new Client({
      host: '127.0.0.1',
      port: this.port,
      user,
      password,
      database: 'postgres',
      ...config,
    })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  async signedIn(): Promise<RawClient> {
    return RawClient.signedIn(this.port)
  }

  /** What a raw client's messages were told as, when it has left. */
  async told(client: RawClient): Promise<StatementFacts[]> {
    client.send(message.terminate())
    await client.untilEnd()
    client.close()
    await this.recorder.untilEnded()
    return this.recorder.facts()
  }
}
