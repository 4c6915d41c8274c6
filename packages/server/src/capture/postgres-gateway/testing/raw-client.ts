import { connect, type Socket } from 'node:net'
import { until } from './test-gateway.ts'

/** Messages as a client writes them. */
export const message = {
  startup(parameters: Record<string, string>, minor = 0): Buffer {
    const text = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`)
    return withLength(Buffer.concat([int32((3 << 16) | minor), Buffer.from(`${text.join('')}\0`)]))
  },
  sslRequest: (): Buffer => withLength(int32(80877103)),
  gssRequest: (): Buffer => withLength(int32(80877104)),
  cancel: (pid: number, key: Buffer): Buffer => withLength(Buffer.concat([int32(80877102), int32(pid), key])),
  query: (sql: string): Buffer => typed('Q', Buffer.from(`${sql}\0`)),
  parse: (name: string, sql: string, types: number[] = []): Buffer =>
    typed('P', Buffer.concat([Buffer.from(`${name}\0${sql}\0`), int16(types.length), ...types.map(int32)])),
  bind(
    portal: string,
    statement: string,
    values: (string | Buffer | null)[] = [],
    formats: number[] = [],
  ): Buffer {
    const encoded = values.map((value) => {
      if (value === null) return int32(-1)
      const bytes = Buffer.from(value)
      return Buffer.concat([int32(bytes.length), bytes])
    })
    return typed(
      'B',
      Buffer.concat([
        Buffer.from(`${portal}\0${statement}\0`),
        int16(formats.length),
        ...formats.map(int16),
        int16(values.length),
        ...encoded,
        int16(0),
      ]),
    )
  },
  describe: (kind: 'S' | 'P', name: string): Buffer => typed('D', Buffer.from(`${kind}${name}\0`)),
  execute: (portal: string, rowsMax = 0): Buffer =>
    typed('E', Buffer.concat([Buffer.from(`${portal}\0`), int32(rowsMax)])),
  close: (kind: 'S' | 'P', name: string): Buffer => typed('C', Buffer.from(`${kind}${name}\0`)),
  sync: (): Buffer => typed('S'),
  flush: (): Buffer => typed('H'),
  terminate: (): Buffer => typed('X'),
  copyData: (data: string | Buffer): Buffer => typed('d', Buffer.from(data)),
  copyDone: (): Buffer => typed('c'),
  copyFail: (why: string): Buffer => typed('f', Buffer.from(`${why}\0`)),
  password: (text: string): Buffer => typed('p', Buffer.from(`${text}\0`)),
  functionCall: (oid: number, values: string[]): Buffer =>
    typed(
      'F',
      Buffer.concat([
        int32(oid),
        int16(0),
        int16(values.length),
        ...values.flatMap((value) => [int32(Buffer.byteLength(value)), Buffer.from(value)]),
        int16(0),
      ]),
    ),
  typed,
}

export function typed(type: string | number, body: Buffer = Buffer.alloc(0)): Buffer {
  const first = typeof type === 'number' ? Buffer.from([type]) : Buffer.from(type)
  return Buffer.concat([first, withLength(body)])
}

/** A statement of the extended protocol, up to its execution. */
export function extended(sql: string): Buffer[] {
  return [message.parse('', sql), message.bind('', ''), message.execute('')]
}

/** A header that tells this length, whatever comes behind it. */
export function header(type: string, length: number): Buffer {
  return Buffer.concat([Buffer.from(type), int32(length)])
}

function withLength(body: Buffer): Buffer {
  return Buffer.concat([int32(body.length + 4), body])
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value | 0)
  return bytes
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

/** A message of the server: its type, and its body. */
export type ServerMessage = { type: string; body: Buffer }

/** A client that sends what it is told to, right or wrong, and keeps what comes back. */
export class RawClient {
  readonly socket: Socket
  #got: Buffer[] = []
  isEnded = false
  isClosed = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => this.#got.push(chunk))
    socket.on('end', () => (this.isEnded = true))
    socket.on('close', () => (this.isClosed = true))
    socket.on('error', () => undefined)
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const client = new RawClient(socket)
    await until(() => (socket.connecting ? undefined : true), 'a connection')
    return client
  }

  /** Opens and signs in without a password. */
  static async signedIn(port: number, parameters: Record<string, string> = {}): Promise<RawClient> {
    const client = await RawClient.open(port)
    client.send(message.startup({ user: 'postgres', database: 'postgres', ...parameters }))
    await client.ready()
    return client
  }

  send(...messages: Buffer[]): void {
    this.socket.write(Buffer.concat(messages))
  }

  get bytes(): Buffer {
    const all = Buffer.concat(this.#got)
    this.#got = [all]
    return all
  }

  /** The messages that have come as a whole. */
  messages(): ServerMessage[] {
    const { bytes } = this
    const messages: ServerMessage[] = []
    for (let at = 0; at + 5 <= bytes.length;) {
      const end = at + 1 + bytes.readInt32BE(at + 1)
      if (end > bytes.length || end <= at) break
      messages.push({ type: String.fromCharCode(bytes[at] ?? 0), body: bytes.subarray(at + 5, end) })
      at = end
    }
    return messages
  }

  /** The types of the messages that have come, as one word. */
  types(): string {
    return this.messages()
      .map(({ type }) => type)
      .join('')
  }

  /** The fields of the errors that have come: `S`, `C`, `M`... */
  errors(): Record<string, string>[] {
    return this.messages().flatMap(({ type, body }) => {
      if (type !== 'E') return []
      const fields = body
        .toString()
        .split('\0')
        .filter((field) => field !== '')
      return [Object.fromEntries(fields.map((field) => [field.charAt(0), field.slice(1)]))]
    })
  }

  /** Waits until so many ReadyForQuery have come since the connection was opened or cleared. */
  async ready(times = 1): Promise<void> {
    await until(
      () => (this.types().split('Z').length > times ? true : undefined),
      `ReadyForQuery after ${this.types().slice(-200)} ${JSON.stringify(this.errors())}`,
    )
  }

  /** The state that the last ReadyForQuery told: I, T or E. */
  state(): string | undefined {
    return this.messages()
      .findLast(({ type }) => type === 'Z')
      ?.body.toString()
  }

  async untilEnd(): Promise<void> {
    await until(() => (this.isEnded || this.isClosed ? true : undefined), 'the end of a connection')
  }

  /** Forgets what has come. */
  clear(): void {
    this.#got = []
  }

  close(): void {
    this.socket.destroy()
  }
}
