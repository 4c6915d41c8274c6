import { readJsonObject, type JsonReader } from './read-json-object.ts'
import { readSqlcommenter } from './read-sqlcommenter.ts'
import {
  claimLimits,
  makeClaim,
  readEmail,
  readFlag,
  readLink,
  readValue,
  type ReadClaim,
} from './tool-claim.ts'

/** Where in a text a tool puts its comment; some move it by database, and then it counts at both ends. */
export type ToolEnd = 'leading' | 'trailing' | 'either'

/** The tools' own ways of writing, as their sources and documentation have them. */
const forms: readonly { end: ToolEnd; read: (text: string) => ReadClaim | undefined }[] = [
  { end: 'leading', read: readMetabase },
  { end: 'leading', read: readMetabaseOnRedshift },
  { end: 'either', read: readLooker },
  { end: 'either', read: readDbt },
  { end: 'leading', read: readRedash },
  { end: 'trailing', read: readHex },
  { end: 'trailing', read: readMode },
  { end: 'trailing', read: readSigma },
  { end: 'either', read: readSqlcommenter },
]

/** What a comment says, given without its signs; undefined if no tool writes like that. Takes any text, in linear time. */
export function readToolComment(comment: string): { claim: ReadClaim; end: ToolEnd } | undefined {
  if (comment.length > claimLimits.commentUnitsMax) return undefined
  const text = comment.trim()
  for (const { end, read } of forms) {
    const claim = read(text)
    if (claim !== undefined) return { claim, end }
  }
  return undefined
}

/** `Metabase:: userID: 39 queryType: native queryHash: 1f..`; only `Metabase` where it acts by itself. */
function readMetabase(text: string): ReadClaim | undefined {
  if (text === 'Metabase') return makeClaim('metabase', 'metabase', undefined, {})
  if (!text.startsWith('Metabase::')) return undefined
  const get = readWords(text.slice('Metabase::'.length))
  return makeClaim(
    'metabase',
    'metabase',
    { name: undefined, email: undefined, id: numberOrValue(get('userID')) },
    {
      dashboard: get('dashboardID'),
      question: get('cardID'),
      queryType: get('queryType'),
      queryHash: get('queryHash'),
      execution: get('executionID'),
    },
  )
}

/** `null` is what a missing number is written as. */
function numberOrValue(value: string | undefined): string | undefined {
  return value === 'null' || value === 'nil' ? undefined : value
}

const wordsMax = 40

/** `key: value key: value`, the first of each key. */
function readWords(text: string): (key: string) => string | undefined {
  const words = text.trim().split(/\s+/, wordsMax)
  return (key) => {
    const at = words.indexOf(`${key}:`)
    return at < 0 ? undefined : readValue(words[at + 1])
  }
}

/** `partner: "metabase", {"dashboard_id": 7, "chart_id": 3, "optional_user_id": 39, ...}`: what Redshift asks of its partners. */
function readMetabaseOnRedshift(text: string): ReadClaim | undefined {
  const start = /^partner: ?"metabase", ?/.exec(text)?.[0]
  const get = start === undefined ? undefined : readJsonObject(text.slice(start.length))
  if (get === undefined) return undefined
  return makeClaim(
    'metabase',
    'metabase',
    { name: undefined, email: undefined, id: readValue(get('optional_user_id')) },
    { dashboard: readValue(get('dashboard_id')), question: readValue(get('chart_id')) },
  )
}

/** `Looker Query Context '{"user_id":12,"history_slug":"..","instance_slug":".."}'`; the end is missing in some. */
function readLooker(text: string): ReadClaim | undefined {
  const start = /^Looker Query Context ?'?/.exec(text)?.[0]
  const get = start === undefined ? undefined : readJsonObject(text.slice(start.length).replace(/'$/, ''))
  return get === undefined ? undefined : fromLooker(get)
}

function fromLooker(get: JsonReader): ReadClaim {
  return makeClaim(
    'looker',
    'looker',
    { name: undefined, email: readEmail(get('user_email')), id: readValue(get('user_id')) },
    {
      execution: readValue(get('history_slug')) ?? readValue(get('history_id')),
      instance: readValue(get('instance_slug')),
      dashboard: readValue(get('dashboard_id')),
    },
  )
}

/** `{"app": "dbt", "node_id": "model.shop.orders", ...}`: a model, and no person. */
function readDbt(text: string): ReadClaim | undefined {
  const get = readJsonObject(text)
  return get !== undefined && get('app') === 'dbt' ? fromDbt(get) : undefined
}

function fromDbt(get: JsonReader): ReadClaim {
  return makeClaim('dbt', 'dbt', undefined, {
    model: readValue(get('node_id'), claimLimits.linkUnitsMax),
    project: readValue(get('profile_name')),
    target: readValue(get('target_name')),
    execution: readValue(get('invocation_id')),
  })
}

const redashKeys = ['Username', 'query_id', 'Queue', 'Job ID', 'Query Hash', 'Scheduled', 'Task ID']

/** `Username: ann@acme.com, query_id: 12, Queue: queries, Job ID: .., Query Hash: .., Scheduled: False`. */
function readRedash(text: string): ReadClaim | undefined {
  if (!/^(Username|query_id|Task ID|Job ID): /.test(text) || !text.includes('Query Hash: ')) return undefined
  const pairs = new Map<string, string>()
  for (const part of text.split(', ', wordsMax)) {
    const colon = part.indexOf(': ')
    const key = part.slice(0, colon)
    if (redashKeys.includes(key) && !pairs.has(key)) pairs.set(key, part.slice(colon + 2))
  }
  const username = readValue(pairs.get('Username'))
  const isPerson = username !== 'Scheduled' && username !== 'Unknown' && !username?.startsWith('<ApiUser')
  const email = readEmail(username)
  const query = readValue(pairs.get('query_id'))
  return makeClaim(
    'redash',
    'redash',
    isPerson ? { name: email === undefined ? username : undefined, email, id: undefined } : undefined,
    {
      query: query === 'adhoc' || query === 'unknown' ? undefined : query,
      queryHash: readValue(pairs.get('Query Hash')),
      execution: readValue(pairs.get('Job ID')) ?? readValue(pairs.get('Task ID')),
      scheduled: username === 'Scheduled' ? true : readFlag(pairs.get('Scheduled')),
    },
  )
}

/** `Hex query metadata: {"project_url": "..", "user_email": "..", ...}`. */
function readHex(text: string): ReadClaim | undefined {
  const start = 'Hex query metadata:'
  const get = text.startsWith(start) ? readJsonObject(text.slice(start.length)) : undefined
  return get === undefined ? undefined : fromHex(get)
}

function fromHex(get: JsonReader): ReadClaim {
  const context = readValue(get('context'))
  return makeClaim(
    'hex',
    'hex',
    { name: undefined, email: readEmail(get('user_email')), id: readValue(get('user_id')) },
    {
      notebook: readLink(get('project_url')),
      project: readValue(get('project_name')) ?? readValue(get('project_id')),
      execution: readValue(get('trace_id')) ?? readValue(get('run_id')),
      scheduled: context === undefined ? undefined : /schedule/i.test(context) || undefined,
    },
  )
}

/** `{"user":"@ann","email":"ann@acme.com","url":"https://modeanalytics.com/..","scheduled":false}`. */
function readMode(text: string): ReadClaim | undefined {
  const get = readJsonObject(text)
  const link = get === undefined ? undefined : readLink(get('url'))
  if (get === undefined || link === undefined) return undefined
  if (!/^https?:\/\/([\w-]+\.)*(modeanalytics|mode)\.com\//.test(link)) return undefined
  const user = readValue(get('user'))
  return makeClaim(
    'mode',
    'mode',
    { name: undefined, email: readEmail(get('email')), id: user?.replace(/^@/, '') },
    { link, scheduled: readFlag(get('scheduled')) },
  )
}

/** `Sigma Σ {"sourceUrl":"..","kind":"adhoc","request-id":"..","email":".."}`. */
function readSigma(text: string): ReadClaim | undefined {
  const start = /^Sigma (?:Σ|\\u03a3) ?/i.exec(text)?.[0]
  const get = start === undefined ? undefined : readJsonObject(text.slice(start.length))
  return get === undefined ? undefined : fromSigma(get)
}

function fromSigma(get: JsonReader): ReadClaim {
  const kind = readValue(get('kind'))
  return makeClaim(
    'sigma',
    'sigma',
    { name: undefined, email: readEmail(get('email')), id: readValue(get('user-id')) },
    {
      link: readLink(get('sourceUrl')),
      queryType: kind,
      execution: readValue(get('request-id')),
      scheduled: kind === 'schedule' ? true : undefined,
    },
  )
}

/** A tag of a session or job that is an object: in the form of a tool that is known, or with the usual names. */
export function readTagObject(get: JsonReader): ReadClaim | undefined {
  if (get('app') === 'dbt' || (has(get, 'dbt_version') && has(get, 'node_id'))) return fromDbt(get)
  if (has(get, 'looker-context-user_id') || has(get, 'looker-context-history_slug')) {
    return fromLooker((key) => get(`looker-context-${key}`))
  }
  if (has(get, 'history_slug') && has(get, 'user_id')) return fromLooker(get)
  if (has(get, 'project_url') && has(get, 'user_email')) return fromHex(get)
  if (has(get, 'sourceUrl') && has(get, 'request-id')) return fromSigma(get)
  const application = readValue(get('application')) ?? readValue(get('app')) ?? readValue(get('tool'))
  const user = readValue(get('user'))
  const email = readEmail(get('user_email')) ?? readEmail(get('email')) ?? readEmail(user)
  const name = readValue(get('user_name')) ?? (email === user ? undefined : user)
  const id = readValue(get('user_id'))
  if (application === undefined && email === undefined && name === undefined && id === undefined) {
    return undefined
  }
  return makeClaim(
    'tag',
    application?.toLowerCase() ?? 'query tag',
    { name, email, id },
    {
      application,
      dashboard: readValue(get('dashboard')) ?? readValue(get('dashboard_id')),
      link: readLink(get('url')),
    },
  )
}

function has(get: JsonReader, key: string): boolean {
  return get(key) !== undefined
}
