import { gatewayLimits } from '../gateway-limits.ts'
import { backendRules, frontendRules } from '../protocol/message-types.ts'
import { MessageWalker } from '../protocol/message-walker.ts'
import type { StatementFacts } from '../protocol/statement-facts.ts'
import { StatementTracker } from '../protocol/statement-tracker.ts'
import { int16, int32, message, typed } from './raw-client.ts'

/** What one side says, in turn. */
export type Turn = { from: 'client' | 'server'; bytes: Buffer }

export const client = (...messages: Buffer[]): Turn => ({ from: 'client', bytes: Buffer.concat(messages) })
export const server = (...messages: Buffer[]): Turn => ({ from: 'server', bytes: Buffer.concat(messages) })

export const say = {
  complete: (tag: string): Buffer => typed('C', Buffer.from(`${tag}\0`)),
  row: (text: string): Buffer =>
    typed('D', Buffer.concat([int16(1), int32(Buffer.byteLength(text)), Buffer.from(text)])),
  ready: (state: 'I' | 'T' | 'E' = 'I'): Buffer => typed('Z', Buffer.from(state)),
  error: (code: string, severity = 'ERROR'): Buffer =>
    typed('E', Buffer.from(`S${severity}\0V${severity}\0C${code}\0Mit failed\0\0`)),
  columns: (): Buffer => typed('T', int16(0)),
  parsed: (): Buffer => typed('1'),
  bound: (): Buffer => typed('2'),
  closed: (): Buffer => typed('3'),
  noData: (): Buffer => typed('n'),
  suspended: (): Buffer => typed('s'),
  empty: (): Buffer => typed('I'),
  copyIn: (): Buffer => typed('G', Buffer.from([0, 0, 0])),
  copyOut: (): Buffer => typed('H', Buffer.from([0, 0, 0])),
  notice: (): Buffer => typed('N', Buffer.from('SNOTICE\0\0')),
  parameter: (name: string, value: string): Buffer => typed('S', Buffer.from(`${name}\0${value}\0`)),
}

/** Tells the turns to a tracker, each in pieces of these sizes. What it tells is in `facts`, also where it throws. */
export function track(
  turns: readonly Turn[],
  sizes: readonly number[] = [],
  isOver = true,
  facts: StatementFacts[] = [],
): StatementFacts[] {
  const tracker = new StatementTracker({
    limits: gatewayLimits,
    wantsBind: true,
    wantsIntents: false,
    finished: (statement) => facts.push(statement),
    settled: () => undefined,
  })
  const walkers = {
    client: new MessageWalker(frontendRules(gatewayLimits)),
    server: new MessageWalker(backendRules()),
  }
  let turn = 0
  let piece = 0
  for (const { from, bytes } of turns) {
    const walker = walkers[from]
    turn++
    for (let at = 0; at < bytes.length;) {
      const size = sizes.length === 0 ? bytes.length : (sizes[piece++ % sizes.length] ?? 1)
      walker.feed(bytes.subarray(at, at + size))
      at += size
      while (walker.next()) {
        if (from === 'client') tracker.fromClient(walker, turn)
        else tracker.fromServer(walker, turn)
      }
    }
  }
  if (isOver) tracker.ended(turn + 1)
  return facts
}

/** Conversations, each of which ends with the server being ready. */
export const conversations: Record<string, Turn[]> = {
  simple: [
    client(message.query('select 1')),
    server(say.columns(), say.row('1'), say.complete('SELECT 1'), say.ready()),
  ],
  several: [
    client(message.query("select 1; update t set a = ';'; select 3")),
    server(say.columns(), say.row('1'), say.complete('SELECT 1'), say.complete('UPDATE 8')),
    server(say.columns(), say.row('a'), say.row('b'), say.complete('SELECT 2'), say.ready()),
  ],
  failing: [
    client(message.query('select 1; select 1/0; select 3')),
    server(say.complete('SELECT 1'), say.error('22012'), say.ready()),
  ],
  extended: [
    client(
      message.parse('', 'select $1', [25]),
      message.bind('', '', ['x', null]),
      message.describe('P', ''),
      message.execute(''),
      message.sync(),
    ),
    server(say.parsed(), say.bound(), say.columns(), say.row('x'), say.complete('SELECT 1'), say.ready()),
  ],
  pipelined: [
    client(
      message.parse('s', 'insert into t values ($1)'),
      message.sync(),
      message.bind('', 's', ['1']),
      message.execute(''),
      message.bind('', 's', ['2']),
      message.execute(''),
      message.sync(),
    ),
    server(
      say.parsed(),
      say.ready(),
      say.bound(),
      say.complete('INSERT 0 1'),
      say.bound(),
      say.complete('INSERT 0 1'),
      say.ready(),
    ),
  ],
  refused: [
    client(
      message.parse('', 'selec'),
      message.bind('', ''),
      message.execute(''),
      message.sync(),
      message.query('select 2'),
    ),
    server(
      say.error('42601'),
      say.ready(),
      say.columns(),
      say.row('2'),
      say.complete('SELECT 1'),
      say.ready(),
    ),
  ],
  slices: [
    client(message.query('begin')),
    server(say.complete('BEGIN'), say.ready('T')),
    client(message.parse('', 'table t'), message.bind('p', ''), message.execute('p', 2), message.flush()),
    server(say.parsed(), say.bound(), say.row('1'), say.row('2'), say.suspended()),
    client(message.execute('p', 2), message.close('P', 'p'), message.sync()),
    server(say.row('3'), say.complete('SELECT 1'), say.closed(), say.ready('T')),
    client(message.query('commit')),
    server(say.complete('COMMIT'), say.ready()),
  ],
  copyIn: [
    client(message.parse('', 'copy t from stdin'), message.bind('', ''), message.execute(''), message.sync()),
    server(say.parsed(), say.bound(), say.copyIn()),
    client(
      message.copyData('1\n'),
      message.sync(),
      message.copyData('2\n'),
      message.copyDone(),
      message.copyFail('stray'),
      message.sync(),
    ),
    server(say.complete('COPY 2'), say.ready()),
  ],
  copyOut: [
    client(message.query('copy t to stdout')),
    server(
      say.copyOut(),
      typed('d', Buffer.from('1\n')),
      typed('d', Buffer.from('2\n')),
      typed('c'),
      say.complete('COPY 2'),
      say.ready(),
    ),
  ],
  application: [
    client(message.query("set application_name = 'dbt'")),
    server(say.complete('SET'), say.parameter('application_name', 'dbt'), say.notice(), say.ready()),
  ],
  empty: [client(message.query('')), server(say.empty(), say.ready())],
}
