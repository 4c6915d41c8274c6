import { setTimeout as sleep } from 'node:timers/promises'
import type { SessionEnd, SessionFacts } from '../gateway-facts.ts'
import type { GatewayRecorder } from '../gateway-recorder.ts'
import type { ErrorFacts, Intent, StatementFacts } from '../protocol/statement-facts.ts'
import { startGateway, type Gateway, type GatewayOptions } from '../start-gateway.ts'

/** Keeps all that the sessions of a gateway tell. */
export class TestRecorder implements GatewayRecorder {
  readonly started: { session: SessionFacts; error: ErrorFacts | undefined }[] = []
  readonly statements: { session: SessionFacts; statement: StatementFacts }[] = []
  readonly ended: { session: SessionFacts; end: SessionEnd }[] = []
  readonly intents: Intent[] = []
  /** Admits everything; a test puts something else here. */
  onAdmit: (intents: readonly Intent[]) => Promise<void> = async () => undefined
  room: Promise<void> | undefined
  /** How often a session asked whether there is room. */
  asked = 0

  sessionStarted = (session: SessionFacts, error?: ErrorFacts): void => {
    this.started.push({ session, error })
  }

  statementFinished = (session: SessionFacts, statement: StatementFacts): void => {
    this.statements.push({ session, statement })
  }

  sessionEnded = (session: SessionFacts, end: SessionEnd): void => {
    this.ended.push({ session, end })
  }

  admit = async (_session: SessionFacts, intents: readonly Intent[]): Promise<void> => {
    this.intents.push(...intents)
    await this.onAdmit(intents)
  }

  /** The last intent of each session of which all has been told. */
  readonly settled = new Map<string, number>()

  intentsSettled = ({ id }: SessionFacts, last: number): void => void this.settled.set(id, last)

  untilRoom = (): Promise<void> | undefined => {
    this.asked++
    return this.room
  }

  /** The statements so far, without those of drivers at the start of a session. */
  facts(): StatementFacts[] {
    return this.statements.map(({ statement }) => statement)
  }

  sql(): (string | undefined)[] {
    return this.facts().map(({ text }) => text.sql)
  }

  /** The statement with this text, as soon as it has been told. */
  async statement(sql: string): Promise<StatementFacts> {
    return until(() => this.facts().find(({ text }) => text.sql === sql), sql)
  }

  async untilEnded(sessions = 1): Promise<void> {
    await until(() => (this.ended.length >= sessions ? true : undefined), `${sessions} ended sessions`)
  }

  clear(): void {
    for (const list of [this.started, this.statements, this.ended, this.intents]) list.length = 0
  }
}

const triesMax = 1500

/** Looks until there is something to be seen. */
export async function until<T>(look: () => T | undefined, what: string): Promise<T> {
  for (let tries = 0; tries < triesMax; tries++) {
    const seen = look()
    if (seen !== undefined) return seen
    await sleep(10)
  }
  throw new Error(`This did not come: ${what}`)
}

export type TestGateway = {
  gateway: Gateway
  recorder: TestRecorder
  port: number
}

/** A gateway on a free port of this machine. */
export async function startTestGateway(
  options: Omit<GatewayOptions, 'listen' | 'recorder'>,
): Promise<TestGateway> {
  const recorder = new TestRecorder()
  const gateway = await startGateway({ ...options, recorder, listen: { host: '127.0.0.1', port: 0 } })
  return { gateway, recorder, port: gateway.address.port }
}
