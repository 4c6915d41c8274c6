import type { EventDraft } from '../packages/domain/src/event.ts'

/**
 * Events of a made-up company, the same for the same seed: what a data platform's log looks like to the engines. Few
 * people do most of the work, most texts are SQL of some hundred characters that repeat in form but not in their
 * literals, a few are long, a few fail.
 */
export class EventMaker {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = createRandom(seed)
  }

  /** One draft as an application sends it, without id and time: the server gives both. */
  make(): EventDraft {
    const person = this.#skewed(peopleMax)
    const isQuery = this.#random() < 0.85
    const failed = this.#random() < 0.03
    const type = isQuery ? 'query' : pick(otherTypes, this.#skewed(otherTypes.length))
    const common = {
      type,
      actor: {
        type: 'user' as const,
        id: `u_${person}`,
        name: personName(person),
        email: personEmail(person),
      },
      outcome: failed ? ('failure' as const) : ('success' as const),
      context: {
        ip: `10.${person % 8}.${(person * 7) % 250}.${1 + this.#whole(250)}`,
        application: pick(applications, this.#skewed(applications.length)),
        sessionId: `s_${person}_${this.#whole(40)}`,
        requestId: `r_${this.#whole(2 ** 40).toString(36)}`,
      },
    }
    if (!isQuery) return { ...common, data: { page: `/dashboards/${this.#whole(900)}` } }
    return {
      ...common,
      data: {
        sql: this.#makeSql(),
        dialect: 'postgres',
        database: pick(databases, this.#skewed(databases.length)),
        login: pick(logins, this.#skewed(logins.length)),
        durationMs: Math.round(this.#random() ** 4 * 60_000 * 1000) / 1000,
        ...(failed
          ? { error: { code: '42P01', message: 'relation "sales.order_lines_old" does not exist' } }
          : { rows: Math.floor(this.#random() ** 5 * 100_000) }),
      },
    }
  }

  /** A run of one of the queries: another literal in each of its gaps. */
  #makeSql(): string {
    const [first = '', ...rest] = queryShape(this.#skewed(shapesMax))
    return rest.reduce((text, piece) => `${text}k${this.#whole(1e7).toString(36)}${piece}`, first)
  }

  #whole(end: number): number {
    return Math.floor(this.#random() * end)
  }

  /** Small numbers far more often than large ones. */
  #skewed(end: number): number {
    return Math.floor(this.#random() ** 3 * end)
  }
}

const peopleMax = 400
/** A platform runs the same some thousand queries again and again. */
const shapesMax = 3000
const shapes: string[][] = []

/** The text of a query, cut where its literals stand: the same for the same number. */
function queryShape(number: number): string[] {
  return (shapes[number] ??= makeShape(createRandom(number + 1)))
}

function makeShape(random: () => number): string[] {
  const whole = (end: number): number => Math.floor(random() * end)
  const skewed = (end: number): number => Math.floor(random() ** 3 * end)
  const column = (): string => pick(columnNames, whole(columnNames.length))
  const schema = (): string => pick(schemas, skewed(schemas.length))
  const table = `${schema()}.${pick(nouns, skewed(nouns.length))}`
  const columns = Array.from({ length: 3 + whole(6) }, column)
  const kind = random()
  if (kind < 0.1) return `update ${table} set ${column()} = '|' where id = '|'`.split('|')
  const conditions = Array.from({ length: kind > 0.97 ? 60 : 1 + whole(4) }, () => `${column()} = '|'`)
  return `select ${columns.join(', ')}, count(*) as events
from ${table} as t
join ${schema()}.customers as c on c.id = t.customer_id
where t.created_at >= '|' and ${conditions.join(' and ')}
group by ${columns.map((_, i) => i + 1).join(', ')} order by events desc limit ${10 * (1 + whole(50))}`.split(
    '|',
  )
}

const firstNames = ['Ann', 'Bao', 'Carla', 'Dmitri', 'Elif', 'Femi', 'Grace', 'Hiro', 'Ines', 'Jonas']
const lastNames = ['Lee', 'Nguyen', 'Rossi', 'Petrov', 'Kaya', 'Okafor', 'Hopper', 'Sato', 'Costa', 'Berg']
const otherTypes = [
  'user_signed_in',
  'dashboard_viewed',
  'report_downloaded',
  'integration_created',
  'key_created',
]
const applications = ['metabase', 'dbt', 'airflow', 'psql', 'looker', 'notebook', 'billing-api', 'tableau']
const databases = ['prod', 'warehouse', 'staging', 'finance']
const logins = ['svc_bi', 'svc_etl', 'svc_app', 'analyst']
const schemas = ['sales', 'finance', 'product', 'marketing', 'hr', 'raw', 'staging', 'mart']
const nouns = [
  'orders',
  'order_lines',
  'payments',
  'sessions',
  'campaigns',
  'employees',
  'invoices',
  'events',
  'refunds',
]
const columnNames = [
  'region',
  'status',
  'channel',
  'amount',
  'currency',
  'created_at',
  'owner',
  'segment',
  'country',
  'sku',
]

function personName(person: number): string {
  return `${pick(firstNames, person)} ${pick(lastNames, Math.floor(person / 10))} ${person}`
}

/** The address of the person with this number; small numbers do the most. */
export function personEmail(person: number): string {
  return `${pick(firstNames, person)}.${pick(lastNames, Math.floor(person / 10))}.${person}@acme.example`.toLowerCase()
}

function pick(values: readonly string[], index: number): string {
  return values[index % values.length] ?? ''
}

/** Numbers from 0 to 1 (mulberry32, public domain, by Tommy Ettinger): good enough to make events with, and short. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
