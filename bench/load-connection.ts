import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const headEnd = Buffer.from('\r\n\r\n')

/**
 * One keep-alive HTTP/1.1 connection with one request at a time, reading no more of an answer than its status and
 * length: a load generator on the same machine must take as little of its processors as it can.
 */
export class LoadConnection {
  readonly #socket: Socket
  #pending: { resolve: () => void; reject: (error: unknown) => void } | undefined
  #received: Buffer = Buffer.alloc(0)
  /** Why no further request can be sent. */
  #failure: Error | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  static async open(url: string): Promise<LoadConnection> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    return new LoadConnection(socket)
  }

  /** Sends the bytes of a request; resolves with its whole answer received. Throws unless the answer is a 201. */
  async send(request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      this.#pending = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#pending = undefined
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const headLength = this.#received.indexOf(headEnd)
    if (headLength === -1) return
    const head = this.#received.toString('latin1', 0, headLength)
    const bodyLength = /^content-length: *(\d+)\r?$/im.exec(head)?.[1]
    if (bodyLength === undefined) return this.#fail(new Error(`an answer without a length: ${head}`))
    if (this.#received.length < headLength + headEnd.length + Number(bodyLength)) return
    const answer = this.#received
    this.#received = Buffer.alloc(0)
    if (!head.startsWith('HTTP/1.1 201 ')) return this.#fail(new Error(`refused: ${answer.toString('utf8')}`))
    const pending = this.#pending
    this.#pending = undefined
    pending?.resolve()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    const pending = this.#pending
    this.#pending = undefined
    pending?.reject(error)
  }
}
