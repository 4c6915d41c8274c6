import { people, personOf, type Person } from './people.ts'
import type { QueryTemplate } from './query-template.ts'
import type { Random } from './random.ts'

/** What a tool adds to the SQL that it sends, and who that says is behind it. */
export type Comment = { head?: string; tail?: string }

export type Tool = {
  name: string
  title: string
  login: string
  /** How the tool names itself to the database. */
  application: string
  ip: string
  comment: (random: Random, template: QueryTemplate, person: Person) => Comment
  /** The tool's own id of somebody, where its comments tell one. */
  idOf?: (person: Person) => string
  /** How its comments are read, where their form is that of an admin. */
  commentPattern?: string
}

/** The number that a tool's own user directory gives somebody. */
const numberIn = (first: number, person: Person): number => first + people.indexOf(person)

/** The forms are those of the tools themselves; see their documentation. */
export const tools = {
  metabase: {
    name: 'metabase',
    title: 'Metabase',
    login: 'svc_metabase',
    application: 'Metabase v0.56.4 [3c1d0f6a-6f0e-4a7c-9f0e-1b7a52f3f1de]',
    ip: '10.10.1.11',
    comment: (random, { kind }, person) => ({
      head: `-- Metabase:: userID: ${numberIn(3, person)} queryType: ${kind === 'read' && random.chance(0.7) ? 'MBQL' : 'native'} queryHash: ${random.hex(64)}\n`,
    }),
    idOf: (person) => String(numberIn(3, person)),
  },
  looker: {
    name: 'looker',
    title: 'Looker',
    login: 'svc_looker',
    application: 'Looker',
    ip: '10.10.1.12',
    comment: (random, _template, person) => ({
      head: `-- Looker Query Context '{"user_id":${numberIn(12, person)},"history_slug":"${random.hex(32)}","instance_slug":"71d4667f0b76c0011463658f45c3f7a3"}'\n`,
    }),
    idOf: (person) => String(numberIn(12, person)),
  },
  redash: {
    name: 'redash',
    title: 'Redash',
    login: 'svc_redash',
    application: 'redash',
    ip: '10.10.1.13',
    comment: (random, { fingerprint }, person) => ({
      head: `/* Username: ${person.email}, query_id: ${Number.parseInt(fingerprint.slice(0, 2), 16)}, Queue: queries, Job ID: ${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-9${random.hex(3)}-${random.hex(12)}, Query Hash: ${random.hex(32)}, Scheduled: False */ `,
    }),
  },
  superset: {
    name: 'superset',
    title: 'Superset',
    login: 'svc_superset',
    application: 'Apache Superset',
    ip: '10.10.1.14',
    comment: (random, _template, person) => ({
      head: `-- [${random.chance(0.6) ? 'SQL LAB' : 'DASHBOARD'}] ${person.login}\n`,
    }),
    idOf: (person) => person.login,
    commentPattern: String.raw`^\[[A-Z ]+\] (?<id>\S+)`,
  },
} as const satisfies Record<string, Tool>

/** dbt's query comment: the model, and no person. */
export function dbtComment(model: string): Comment {
  const test = model.startsWith('not_null') || model.startsWith('relationships')
  const facts = {
    app: 'dbt',
    dbt_version: '1.11.2',
    profile_name: 'lumen',
    target_name: 'prod',
    node_id: `${test ? 'test' : 'model'}.lumen.${model}`,
  }
  return { head: `/* ${JSON.stringify(facts).replaceAll(':"', ': "').replaceAll(',"', ', "')} */\n` }
}

/** What the shop's code adds with sqlcommenter: values URL-encoded, keys in alphabetical order, at the end. */
export function shopComment(random: Random, template: QueryTemplate): Comment {
  const table = template.tables[0]?.name.replace('public.', '') ?? 'home'
  const facts: Record<string, string> = {
    action: template.kind === 'read' ? 'show' : 'update',
    controller: table,
    framework: 'rails:8.1',
    route: `/${table}/:id`,
    traceparent: `00-${random.hex(32)}-${random.hex(16)}-01`,
  }
  const pairs = Object.entries(facts).map(([key, value]) => `${key}='${encodeURIComponent(value)}'`)
  return { tail: ` /*${pairs.join(',')}*/` }
}

/** Airflow's tasks name themselves; written by the company's own operator. */
export function airflowComment(task: string): Comment {
  return { tail: ` -- airflow dag_id=load_shop task_id=${task} owner=${personOf('anneliese').login}` }
}
