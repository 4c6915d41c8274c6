import { setTimeout as sleep } from 'node:timers/promises'
import { message, RawClient } from './raw-client.ts'

/** Numbers from 0 to 1 that follow from a seed (the generator mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The tables of one session, and rows that are always there. */
export function tablesOf(n: number): string {
  return (
    `create table mixed_${n} (id int primary key, word text not null);` +
    `insert into mixed_${n} select g, 'word' from generate_series(1, 50) g;` +
    `create table child_${n} (id int references mixed_${n} deferrable initially deferred)`
  )
}

const cancelMs = 20

/**
 * A session that does a bit of everything that PostgreSQL's protocol offers, successful and not. Each statement
 * has a mark, by which it is found again elsewhere: the same mark for statements that the server takes for the same.
 */
export class MixedSession {
  readonly #n: number
  readonly #port: number
  readonly #random: () => number
  readonly #client: RawClient
  /** With which the server lets a statement of this session be cancelled. */
  readonly #key: { pid: number; secret: Buffer }
  /** Roughly: what was sent. */
  statements = 0

  private constructor(n: number, port: number, random: () => number, client: RawClient) {
    this.#n = n
    this.#port = port
    this.#random = random
    this.#client = client
    const key = client.messages().find(({ type }) => type === 'K')?.body ?? Buffer.alloc(8)
    this.#key = { pid: key.readInt32BE(0), secret: key.subarray(4) }
  }

  /** Opens the session with this number; `tablesOf` made its tables. */
  static async open(n: number, port: number, random: () => number): Promise<MixedSession> {
    const session = new MixedSession(n, port, random, await RawClient.signedIn(port))
    await session.#extended(1, message.parse('kept', session.#insert('$1')), message.sync())
    return session
  }

  async close(): Promise<void> {
    this.#client.send(message.terminate())
    await this.#client.untilEnd()
    this.#client.close()
  }

  /** One of the things that it can do. */
  async step(): Promise<void> {
    const steps = this.#steps()
    await steps[Math.floor(this.#random() * steps.length)]?.()
  }

  #steps(): (() => Promise<void>)[] {
    return [
      async () => this.#simple(this.#select(this.#id())),
      async () => this.#simple(this.#insert(this.#id())),
      async () => this.#simple(this.#update(), this.#delete()),
      async () => this.#simple(this.#select(this.#id()), this.#zero(), this.#select(this.#id())),
      async () => this.#simple(this.#mark('syntax', 'selec 1')),
      async () => this.#simple(this.#duplicate()),
      async () => this.#simple(this.#mark('column', `select nothing from mixed_${this.#n}`)),
      async () => this.#simple(''),
      async () => this.#settings(),
      async () => this.#definitions(),
      async () => this.#transaction(),
      async () => this.#failedTransaction(),
      async () => this.#savepoint(),
      async () => this.#deferred(),
      async () => this.#preparedBySql(),
      async () => this.#cursor(),
      async () => this.#parameters(),
      async () => this.#badParameter(),
      async () => this.#named(),
      async () => this.#badParse(),
      async () => this.#batch(2 + Math.floor(this.#random() * 60), false),
      async () => this.#batch(2 + Math.floor(this.#random() * 20), true),
      async () => this.#pipeline(),
      async () => this.#slices(),
      async () => this.#commitAtSync(),
      async () => this.#copyIn(false),
      async () => this.#copyIn(true),
      async () => this.#copyFail(),
      async () => this.#copyOut(),
      async () => this.#copyExtended(),
      async () => (this.#random() < 0.2 ? this.#cancel() : undefined),
    ]
  }

  #mark(name: string, sql: string): string {
    // Behind the first word: the server keeps no comment before it.
    return sql.replace(/^\w+/, (word) => `${word} /*m:${name}.${this.#n}*/`)
  }

  /** A row that is always there is not touched; others come and go. */
  #id(): string {
    return String(100 + Math.floor(this.#random() * 1000))
  }

  #select(id: string): string {
    return this.#mark('select', `select id, word from mixed_${this.#n} where id = ${id}`)
  }

  #insert(id: string): string {
    const values = `insert into mixed_${this.#n} values (${id}, 'new')`
    return this.#mark('insert', `${values} on conflict (id) do update set word = 'again'`)
  }

  #duplicate(): string {
    return this.#mark('duplicate', `insert into mixed_${this.#n} values (1, 'there already')`)
  }

  #update(): string {
    return this.#mark('update', `update mixed_${this.#n} set word = 'other' where id = ${this.#id()}`)
  }

  #delete(): string {
    return this.#mark('delete', `delete from mixed_${this.#n} where id = ${this.#id()}`)
  }

  #zero(): string {
    return this.#mark('zero', `select 1 / (id - id) from mixed_${this.#n}`)
  }

  async #simple(...statements: string[]): Promise<void> {
    this.statements += statements.length
    await this.#extended(1, message.query(statements.join(';\n')))
  }

  async #extended(readies: number, ...messages: Buffer[]): Promise<void> {
    this.#client.clear()
    this.#client.send(...messages)
    await this.#client.ready(readies)
  }

  async #settings(): Promise<void> {
    await this.#simple(`set /*m:set*/ application_name = 'mixed'`)
    await this.#simple('show /*m:show*/ application_name')
    await this.#simple(
      'listen /*m:listen*/ mixed',
      'notify /*m:notify*/ mixed',
      'unlisten /*m:unlisten*/ mixed',
    )
  }

  async #definitions(): Promise<void> {
    const made = `made_${this.#n}`
    await this.#simple(this.#mark('create', `create temp table ${made} as select * from mixed_${this.#n}`))
    await this.#simple(this.#mark('drop', `drop table ${made}`))
    await this.#simple(this.#mark('do', `do $$begin perform count(*) from mixed_${this.#n}; end$$`))
  }

  async #transaction(): Promise<void> {
    await this.#simple('begin /*m:begin*/')
    await this.#simple(this.#insert(this.#id()), this.#update())
    await this.#simple(this.#random() < 0.5 ? 'commit /*m:commit*/' : 'rollback /*m:rollback*/')
  }

  async #failedTransaction(): Promise<void> {
    await this.#simple('begin /*m:begin*/')
    await this.#simple(this.#duplicate())
    await this.#simple(this.#select(this.#id()))
    await this.#simple(this.#random() < 0.5 ? 'commit /*m:commit*/' : 'rollback /*m:rollback*/')
  }

  async #savepoint(): Promise<void> {
    await this.#simple('begin /*m:begin*/', 'savepoint /*m:savepoint*/ s')
    await this.#simple(this.#zero())
    await this.#simple('rollback /*m:rollback_to*/ to s', 'release /*m:release*/ s')
    await this.#simple('commit /*m:commit*/')
  }

  /** The insert is done, and its transaction cannot end so. */
  async #deferred(): Promise<void> {
    await this.#simple('begin /*m:begin*/', this.#orphan())
    await this.#simple('commit /*m:commit*/')
  }

  #orphan(): string {
    return this.#mark('orphan', `insert into child_${this.#n} values (-1)`)
  }

  async #commitAtSync(): Promise<void> {
    this.statements++
    await this.#extended(1, ...this.#executed(this.#orphan()), message.sync())
  }

  async #preparedBySql(): Promise<void> {
    const sql = this.#mark('by_sql', `select word from mixed_${this.#n} where id > $1`)
    await this.#simple(`prepare /*m:prepare*/ by_sql as ${sql}`)
    await this.#simple('execute /*m:execute*/ by_sql (1)', 'execute /*m:execute*/ by_sql (200)')
    await this.#simple('deallocate /*m:deallocate*/ by_sql')
  }

  async #cursor(): Promise<void> {
    await this.#simple('begin /*m:begin*/')
    await this.#simple(this.#mark('declare', `declare c cursor for select * from mixed_${this.#n}`))
    await this.#simple('fetch /*m:fetch*/ 5 from c', 'fetch /*m:fetch*/ 5 from c')
    await this.#simple('close /*m:close*/ c')
    await this.#simple('commit /*m:commit*/')
  }

  #executed(sql: string, values: string[] = []): Buffer[] {
    return [message.parse('', sql), message.bind('', '', values), message.execute('')]
  }

  #byKey(): string {
    return this.#mark('by_key', `select word from mixed_${this.#n} where id = $1 and id > 0`)
  }

  async #parameters(): Promise<void> {
    this.statements++
    await this.#extended(
      1,
      message.parse('', this.#byKey()),
      message.describe('S', ''),
      message.bind('', '', [this.#id()]),
      message.describe('P', ''),
      message.execute(''),
      message.sync(),
    )
  }

  async #badParameter(): Promise<void> {
    this.statements++
    await this.#extended(1, ...this.#executed(this.#byKey(), ['no number']), message.sync())
  }

  async #badParse(): Promise<void> {
    this.statements++
    const sql = this.#mark('bad_parse', 'select from where')
    await this.#extended(1, ...this.#executed(sql), message.sync())
  }

  async #named(): Promise<void> {
    this.statements++
    await this.#extended(1, message.bind('', 'kept', [this.#id()]), message.execute(''), message.sync())
  }

  /** As JDBC sends them; with a row that is there already none is kept, and those before it were executed. */
  async #batch(size: number, fails: boolean): Promise<void> {
    const id = (): string => this.#id()
    const sql = fails
      ? this.#mark('batch_fails', `insert into mixed_${this.#n} values ($1, 'batch')`)
      : this.#insert('$1')
    const ids = Array.from({ length: size }, (_, i) => (fails ? String(-1 - i) : id()))
    if (fails) ids[Math.floor(size / 2)] = '1'
    this.statements += size
    const executions = ids.flatMap((value) => [message.bind('', '', [value]), message.execute('')])
    await this.#extended(1, message.parse('', sql), ...executions, message.sync())
  }

  /** Several statements in one go; one that fails takes with it what stands before the next Sync. */
  async #pipeline(): Promise<void> {
    this.statements += 6
    await this.#extended(
      3,
      ...this.#executed(this.#byKey(), [this.#id()]),
      ...this.#executed(this.#insert('$1'), [this.#id()]),
      message.sync(),
      ...this.#executed(this.#byKey(), [this.#id()]),
      ...this.#executed(this.#duplicate()),
      ...this.#executed(this.#byKey(), [this.#id()]),
      message.sync(),
      ...this.#executed(this.#byKey(), [this.#id()]),
      message.sync(),
    )
  }

  async #slices(): Promise<void> {
    this.statements++
    const sql = this.#mark('slices', `select id from mixed_${this.#n} where id <= 50 order by id desc`)
    const slices = Array.from({ length: this.#random() < 0.5 ? 2 : 4 }, () => message.execute('p', 15))
    await this.#extended(
      1,
      message.parse('', sql),
      message.bind('p', ''),
      ...slices,
      message.close('P', 'p'),
      message.sync(),
    )
  }

  #copy(direction: 'from stdin' | 'to stdout'): string {
    return this.#mark(direction.slice(0, 4).trim(), `copy child_${this.#n} ${direction}`)
  }

  async #copyIn(isBad: boolean): Promise<void> {
    this.statements++
    const data = [message.copyData('1\n2\n'), message.copyData(isBad ? 'three\n' : '3\n')]
    await this.#extended(1, message.query(this.#copy('from stdin')), ...data, message.copyDone())
  }

  async #copyFail(): Promise<void> {
    this.statements++
    const data = [message.copyData('1\n'), message.copyFail('no more')]
    await this.#extended(1, message.query(this.#copy('from stdin')), ...data)
  }

  async #copyOut(): Promise<void> {
    await this.#simple(this.#copy('to stdout'))
  }

  async #copyExtended(): Promise<void> {
    this.statements++
    const data = [message.copyData('4\n'), message.copyDone()]
    await this.#extended(1, ...this.#executed(this.#copy('from stdin')), ...data, message.sync())
  }

  /** Asks until the statement has ended: the first request may come before it has begun. */
  async #cancel(): Promise<void> {
    this.statements++
    const { pid, secret } = this.#key
    this.#client.clear()
    this.#client.send(message.query('select /*m:sleep*/ pg_sleep(60)'))
    while (!this.#client.types().includes('Z')) {
      const canceller = await RawClient.open(this.#port)
      canceller.send(message.cancel(pid, secret))
      await canceller.untilEnd()
      canceller.close()
      await sleep(cancelMs)
    }
  }
}
