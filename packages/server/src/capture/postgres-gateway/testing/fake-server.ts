import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { int32, typed } from './raw-client.ts'

export const ready = (state = 'I'): Buffer => typed('Z', Buffer.from(state))

/** What a server says to a client that needs no password. */
export const welcome: Buffer = Buffer.concat([
  typed('R', int32(0)),
  typed('K', Buffer.concat([int32(4711), Buffer.from('abcd')])),
  ready(),
])

/** Something that listens like a PostgreSQL server and says whatever a test wants. */
export class FakeServer {
  readonly sockets = new Set<Socket>()
  readonly #server: Server
  /** Answers the first bytes of a connection. */
  onStartup: (socket: Socket, bytes: Buffer) => void = (socket) => void socket.write(welcome)
  /** Answers what comes after them. */
  onData: (socket: Socket, bytes: Buffer) => void = () => undefined

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.sockets.delete(socket))
      socket.once('data', (bytes: Buffer) => {
        this.onStartup(socket, bytes)
        socket.on('data', (more: Buffer) => this.onData(socket, more))
      })
    })
  }

  static async start(): Promise<FakeServer> {
    const fake = new FakeServer()
    fake.#server.listen(0, '127.0.0.1')
    await once(fake.#server, 'listening')
    return fake
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
