import type { DatabaseName } from './databases.ts'
import { makeSessionId, personClient, type Client } from './make-query.ts'
import { people, type Person } from './people.ts'
import type { QueryTemplate } from './query-template.ts'
import { WeightedPicker, zipfWeight, type Random } from './random.ts'
import { localTime, workingHours, type Intensity } from './rhythm.ts'
import { analystTemplates } from './templates/analyst-templates.ts'
import { dashboardTemplates, explorerTemplates } from './templates/dashboard-templates.ts'
import { engineerTemplates, lakeChangeTemplates, scientistTemplates } from './templates/engineer-templates.ts'
import {
  backupTemplates,
  loadTemplates,
  lookTemplates,
  modelTemplates,
  monitorTemplates,
  shopTemplates,
  workerTemplates,
} from './templates/service-templates.ts'
import { lakeLogin } from './directory.ts'
import { airflowComment, dbtComment, shopComment, tools, type Tool } from './tool-comments.ts'

const hourMs = 3_600_000

/** One connection that somebody works in: queries follow each other until it ends. */
export type Session = {
  client: Client
  templates: WeightedPicker<QueryTemplate>
  /** Nothing happens in it from this time on (Unix ms). */
  endMs: number
  /** Half of the sessions have more queries, half of the pauses between two are longer. */
  queries: number
  gapMs: number
  failureRate: number
  /** Whether its beginning and end are events of their own. */
  isTold: boolean
}

/** Everyday work of one kind: when its sessions begin, and what they are. */
export type Workload = {
  name: string
  /** Of all everyday events. */
  share: number
  intensity: Intensity
  open: (random: Random, ms: number) => Session
}

/** Popular first, the tail long; the order is the same for everybody, how much so differs. */
function favourites(templates: readonly QueryTemplate[], random: Random): WeightedPicker<QueryTemplate> {
  return new WeightedPicker(
    templates,
    (_template, rank) => zipfWeight(rank) * (0.3 + 1.7 * random.fraction()),
  )
}

function evenly(templates: readonly QueryTemplate[]): WeightedPicker<QueryTemplate> {
  return new WeightedPicker(templates, () => 1)
}

/** Unix ms at which the working day ends in which a time lies. */
function endOfDay(person: Person, ms: number): number {
  return ms + (person.ends - localTime(person.office.zone, ms).hour) * hourMs
}

const applications: Record<DatabaseName, readonly string[]> = {
  warehouse: [
    'psql',
    'DBeaver 25.2.3 - SQLEditor',
    'DataGrip 2026.2',
    'Tableau 2026.1',
    'jupyter',
    'pgAdmin 4 - DB:warehouse',
  ],
  app: ['psql', 'DataGrip 2026.2', 'DBeaver 25.2.3 - Main', 'rails console'],
  lake: ['BigQuery console', 'jupyter', 'bq'],
}

/** How often the people of a team work where. */
function databasesOf({ team }: Person): [DatabaseName, number][] {
  if (team === 'data')
    return [
      ['warehouse', 0.6],
      ['lake', 0.25],
      ['app', 0.15],
    ]
  if (team === 'analytics')
    return [
      ['warehouse', 0.8],
      ['lake', 0.2],
    ]
  if (team === 'engineering')
    return [
      ['app', 0.8],
      ['warehouse', 0.2],
    ]
  return [['warehouse', 1]]
}

/** How busy somebody is, until they leave. */
function presenceOf(person: Person, leftMs: ReadonlyMap<string, number>): Intensity {
  const busy = workingHours(person.office, person.begins, person.ends)
  const left = leftMs.get(person.login) ?? Infinity
  return (ms) => (ms < left ? busy(ms) : 0)
}

type Presence = { of: ReadonlyMap<Person, Intensity>; all: Intensity }

/** How busy each is, and all of them together; the sum is asked for the same times by every tool, and kept. */
function presenceOfAll(leftMs: ReadonlyMap<string, number>): Presence {
  const of = new Map(people.map((person) => [person, presenceOf(person, leftMs)]))
  const sums = new Map<number, number>()
  const all: Intensity = (ms) => {
    const known = sums.get(ms)
    if (known !== undefined) return known
    let sum = 0
    for (const busy of of.values()) sum += busy(ms)
    sums.set(ms, sum)
    return sum
  }
  return { of, all }
}

function personWorkload(
  person: Person,
  rank: number,
  random: Random,
  leftMs: ReadonlyMap<string, number>,
): Workload {
  const own = random.fork(person.login)
  const isEngineer = person.team === 'data' || person.team === 'engineering'
  const templates: Record<DatabaseName, WeightedPicker<QueryTemplate>> = {
    warehouse: favourites([...analystTemplates, ...lookTemplates], own),
    app: favourites(engineerTemplates, own),
    lake: favourites(isEngineer ? [...scientistTemplates, ...lakeChangeTemplates] : scientistTemplates, own),
  }
  const places = new WeightedPicker(databasesOf(person), ([, weight]) => weight)
  // Everybody has two or three clients and stays with them.
  const clients = Object.fromEntries(
    Object.entries(applications).map(([database, names]) => [database, [own.pick(names), own.pick(names)]]),
  )
  return {
    name: person.login,
    share: zipfWeight(rank, 0.6),
    intensity: presenceOf(person, leftMs),
    open: (random, ms) => {
      const [database] = places.pick(random)
      return {
        client: personClient(person, database, random.pick(clients[database] ?? ['psql']), random, ms),
        templates: templates[database],
        endMs: Math.min(endOfDay(person, ms), ms + 3 * hourMs),
        queries: 6,
        gapMs: 55_000,
        failureRate: 0.035,
        isTold: database !== 'lake',
      }
    },
  }
}

/** A tool with a login of its own, through which many people ask. */
function toolWorkload(
  tool: Tool,
  share: number,
  templates: readonly QueryTemplate[],
  random: Random,
  presence: Presence,
): Workload {
  const database = templates[0]?.database ?? 'warehouse'
  const picker = favourites(templates, random.fork(tool.name))
  return {
    name: tool.name,
    share,
    intensity: presence.all,
    open: (random, ms) => {
      // Who looks is somebody at work at that time.
      const person = new WeightedPicker(
        people,
        (one, rank) => (presence.of.get(one)?.(ms) ?? 0) * zipfWeight(rank, 0.5) + 1e-9,
      ).pick(random)
      const client: Client = {
        ...sharedClient(tool.login, database, tool.ip, random, ms),
        application: tool.application,
        comment: (template) => tool.comment(random, template, person),
      }
      return {
        client,
        templates: picker,
        endMs: endOfDay(person, ms),
        queries: 4,
        gapMs: 900,
        failureRate: 0.012,
        isTold: false,
      }
    },
  }
}

/** A login through which everybody comes: all that the database knows is the login itself. */
function sharedClient(login: string, database: DatabaseName, ip: string, random: Random, ms: number): Client {
  const client = serviceClient(login, login, database, ip, random, ms)
  return { ...client, actor: { type: 'service', id: client.login, name: client.login } }
}

function serviceClient(
  login: string,
  name: string,
  database: DatabaseName,
  ip: string,
  random: Random,
  ms: number,
): Client {
  return {
    actor: { type: 'service', id: login, name },
    login: database === 'lake' ? lakeLogin(login) : login,
    database,
    ip,
    sessionId: makeSessionId(random, ms, database === 'lake'),
    timeoutMs: 60_000,
  }
}

type ServiceOptions = {
  login: string
  name: string
  application: string
  ip: string
  share: number
  intensity: Intensity
  templates: readonly QueryTemplate[]
  queries: number
  gapMs: number
  failureRate: number
  isTold: boolean
  comment?: (random: Random, template: QueryTemplate) => ReturnType<NonNullable<Client['comment']>>
}

function serviceWorkload(options: ServiceOptions): Workload {
  const { login, name, application, ip, share, intensity, comment, templates, ...rest } = options
  const picker = evenly(templates)
  return {
    name: login,
    share,
    intensity,
    open: (random, ms) => ({
      client: {
        ...serviceClient(login, name, templates[0]?.database ?? 'warehouse', ip, random, ms),
        application,
        ...(comment === undefined ? {} : { comment: (template) => comment(random, template) }),
      },
      templates: picker,
      endMs: ms + hourMs,
      ...rest,
    }),
  }
}

/** Only in the first minutes of an hour, every so many hours. */
function atHours(every: number, first: number): Intensity {
  return (ms) => {
    const hour = Math.floor(ms / hourMs) % 24
    const minute = (ms / 60_000) % 60
    return hour % every === first && minute < 10 ? 1 : 0
  }
}

/** Customers shop at all hours: a wave over the day with its top in the European evening. */
const shoppers: Intensity = (ms) => 0.55 + 0.45 * Math.sin(((ms / hourMs - 12.5) / 24) * 2 * Math.PI)

function modelOf(template: QueryTemplate): string {
  return modelTemplates.find((one) => one.fingerprint === template.fingerprint)?.model ?? 'unknown'
}

function services(): Workload[] {
  const quick = { failureRate: 0.002, isTold: false }
  return [
    serviceWorkload({
      login: 'svc_shop',
      name: 'Web shop',
      application: 'shop-web',
      ip: '10.10.2.21',
      share: 0.15,
      intensity: shoppers,
      templates: shopTemplates,
      queries: 2,
      gapMs: 14,
      comment: shopComment,
      ...quick,
    }),
    serviceWorkload({
      login: 'svc_worker',
      name: 'Shop worker',
      application: 'shop-worker',
      ip: '10.10.2.22',
      share: 0.05,
      intensity: shoppers,
      templates: workerTemplates,
      queries: 3,
      gapMs: 350,
      ...quick,
    }),
    serviceWorkload({
      login: 'svc_airflow',
      name: 'Airflow',
      application: 'airflow',
      ip: '10.10.3.31',
      share: 0.05,
      intensity: atHours(1, 0),
      templates: loadTemplates,
      queries: 14,
      gapMs: 6_000,
      failureRate: 0.008,
      isTold: true,
      comment: (_random, template) => airflowComment(template.tables[0]?.name.replace('.', '_') ?? 'check'),
    }),
    serviceWorkload({
      login: 'svc_dbt',
      name: 'dbt',
      application: 'dbt',
      ip: '10.10.3.32',
      share: 0.04,
      intensity: atHours(3, 1),
      templates: modelTemplates,
      queries: 18,
      gapMs: 4_000,
      failureRate: 0.01,
      isTold: true,
      comment: (_random, template) => dbtComment(modelOf(template)),
    }),
    serviceWorkload({
      login: 'svc_backup',
      name: 'Backup',
      application: 'pg_dump',
      ip: '10.10.3.33',
      share: 0.012,
      intensity: atHours(24, 2),
      templates: backupTemplates,
      queries: 28,
      gapMs: 9_000,
      failureRate: 0,
      isTold: true,
    }),
    serviceWorkload({
      login: 'svc_monitor',
      name: 'Monitoring',
      application: 'postgres_exporter',
      ip: '10.10.3.34',
      share: 0.018,
      intensity: () => 1,
      templates: monitorTemplates,
      queries: 1,
      gapMs: 30,
      failureRate: 0,
      isTold: false,
    }),
  ]
}

/** Everything that happens every day. `leftMs`: who is not there any more, from when on (Unix ms). */
export function makeWorkloads(random: Random, leftMs: ReadonlyMap<string, number>): Workload[] {
  const presence = presenceOfAll(leftMs)
  const own = people.map((person, rank) => personWorkload(person, rank, random.fork('people'), leftMs))
  const total = own.reduce((sum, { share }) => sum + share, 0)
  return [
    ...own.map((workload) => ({ ...workload, share: (0.42 * workload.share) / total })),
    toolWorkload(tools.metabase, 0.13, dashboardTemplates, random, presence),
    toolWorkload(tools.looker, 0.07, explorerTemplates, random, presence),
    toolWorkload(tools.redash, 0.03, dashboardTemplates, random, presence),
    toolWorkload(tools.superset, 0.03, dashboardTemplates, random, presence),
    ...services(),
  ]
}
