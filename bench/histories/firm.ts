import type { Random } from '../../tools/seed/random.ts'

/** Teams, and how many of forty people are in each. */
const teamSizes = {
  data: 6,
  analytics: 8,
  engineering: 10,
  finance: 5,
  operations: 5,
  marketing: 4,
  people: 2,
} as const
export type Team = keyof typeof teamSizes

export type Employee = {
  name: string
  email: string
  login: string
  team: Team
  /** Hours that the clock of their office is ahead of UTC. */
  offset: number
  /** Hour of the local day. */
  begins: number
  deskIp: string
  homeIp: string
  application: string
  /** Sessions of a usual day. */
  sessions: number
  /** Tables of their daily work, the most frequent first. */
  tables: readonly string[]
  /** The first day (of the history) on which they are there. */
  joins: number
  /** Days on which they are away: from (inclusive) until (exclusive). */
  away: readonly { from: number; until: number }[]
  /** Reads a file out of the database now and then. */
  exports: boolean
  grants: boolean
  readsAuditLog: boolean
}

export type Program = { login: string; name: string; application: string; ip: string }

/** Tables by the teams that work with them; `tags` as the company has tagged them. */
export type Table = { name: string; teams: readonly Team[]; tags: readonly string[] }

/** How this company's programs tell of sign-ins: each sender has its own way. */
export type SignInStyle = {
  type: string
  failedType: string
  failedOutcome: 'failure' | 'denied' | undefined
}

export type Firm = {
  domain: string
  database: string
  people: readonly Employee[]
  programs: Record<'dbt' | 'loader' | 'backup' | 'shop' | 'monitor' | 'dashboards', Program>
  tables: readonly Table[]
  signIn: SignInStyle
}

const first =
  `Ada Bo Chidi Dana Elif Farid Gala Hugo Ines Jonas Keiko Lars Mina Noor Omar Petra Quinn Rosa Sven Tara Udo Vera
  Wren Xenia Yusuf Zara Amir Bela Cleo Dov Esme Finn Gita Hal Iris Juno Kofi Lena Milo Nia`.split(/\s+/)
const last =
  `Abel Brandt Costa Diaz Eide Fontaine Gruber Haas Ito Jansen Kaya Lund Moreau Nowak Okafor Park Quist Rossi Sato
  Tran Unger Vogel Weiss Xu Yilmaz Zeman`.split(/\s+/)

const allTables: readonly Table[] = [
  table('sales.orders', 'analytics data finance operations marketing engineering'),
  table('sales.order_lines', 'analytics data operations'),
  table('sales.refunds', 'analytics finance operations'),
  table('sales.invoices', 'finance analytics', 'financial'),
  table('crm.customers', 'analytics data marketing', 'pii'),
  table('crm.contacts', 'marketing analytics', 'pii'),
  table('crm.leads', 'marketing'),
  table('product.catalog', 'analytics data operations engineering marketing'),
  table('product.prices', 'operations finance'),
  table('product.stock', 'operations'),
  table('marketing.campaigns', 'marketing analytics'),
  table('marketing.clicks', 'marketing analytics data'),
  table('finance.ledger', 'finance', 'confidential'),
  table('finance.payouts', 'finance', 'confidential'),
  table('hr.employees', 'people', 'pii'),
  table('hr.salaries', 'people', 'pii confidential'),
  table('analytics.daily_revenue', 'analytics data finance operations marketing people'),
  table('analytics.order_facts', 'analytics data finance'),
  table('analytics.churn', 'analytics data'),
  table('support.tickets', 'operations engineering people'),
  table('app.sessions', 'engineering'),
  table('app.jobs', 'engineering data'),
  table('app.flags', 'engineering'),
  table('app.errors', 'engineering'),
  table('payments.cards', '', 'pci'),
]

function table(name: string, teams: string, tags = ''): Table {
  // The names above are those of teams.
  return {
    name,
    teams: teams.split(' ').filter((team) => team !== '') as Team[],
    tags: tags.split(' ').filter((tag) => tag !== ''),
  }
}

const clients: Record<Team, readonly string[]> = {
  data: ['psql', 'DataGrip 2026.2', 'jupyter'],
  analytics: ['DBeaver 25.2.3 - SQLEditor', 'Tableau 2026.1', 'jupyter'],
  engineering: ['psql', 'DataGrip 2026.2'],
  finance: ['DBeaver 25.2.3 - Main', 'Microsoft Excel'],
  operations: ['DBeaver 25.2.3 - Main', 'TablePlus'],
  marketing: ['Tableau 2026.1', 'DBeaver 25.2.3 - Main'],
  people: ['DBeaver 25.2.3 - Main'],
}

/** A company of forty people; another seed is another company, with other habits. `days` is how long it is watched. */
export function makeFirm(random: Random, days: number): Firm {
  const domain = `${random.pick(['northwind', 'acme', 'brightside', 'tern', 'kestrel'])}-${random.hex(4)}.example`
  const offsets = random.chance(0.4) ? [1] : [1, -5, 5].slice(0, random.integer(2, 3))
  const behindOneAddress = random.chance(0.4)
  const teams = Object.entries(teamSizes).flatMap(([team, size]) =>
    Array.from({ length: size }, () => team as Team),
  )
  const people = teams.map((team, index): Employee => {
    const own = random.fork(`employee ${index}`)
    const name = `${first[index % first.length] ?? ''} ${own.pick(last)}`
    const login = own.chance(0.5)
      ? name.toLowerCase().replace(' ', '.')
      : `${name.split(' ')[0]?.toLowerCase() ?? ''}${index}`
    const place = own.integer(0, offsets.length - 1)
    return {
      name,
      login,
      team,
      email: `${login}@${domain}`,
      offset: offsets[place] ?? 1,
      begins: own.integer(7, 10),
      deskIp: behindOneAddress ? `192.0.2.${place + 1}` : `10.${place + 1}.0.${index + 20}`,
      homeIp: `198.18.${index}.${own.integer(2, 250)}`,
      application: own.pick(clients[team]),
      sessions: Math.min(6, own.logNormal(2.2, 0.5)),
      tables: tablesOf(own, team),
      joins: index % 19 === 7 ? own.integer(8, 16) : 0,
      away: awayOf(own, days),
      exports: team !== 'engineering' && own.chance(0.2),
      grants: team === 'data' && index < 2,
      readsAuditLog: (team === 'data' && index < 3) || (team === 'finance' && index % 3 === 0),
    }
  })
  return { domain, people, tables: allTables, ...habitsOf(random.fork('habits')) }
}

function tablesOf(random: Random, team: Team): string[] {
  const own = allTables.filter(({ teams }) => teams.includes(team)).map(({ name }) => name)
  return own
    .map((name) => ({ name, order: random.fraction() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, random.integer(4, 8))
    .map(({ name }) => name)
}

function awayOf(random: Random, days: number): Employee['away'] {
  if (!random.chance(0.35)) return []
  const from = random.integer(2, days - 3)
  return [{ from, until: from + random.pick([1, 2, 3, 7, 7, 9, 14]) }]
}

function habitsOf(random: Random): Pick<Firm, 'database' | 'programs' | 'signIn'> {
  const prefix = random.pick(['svc_', 'svc-', 'app_', ''])
  const program = (login: string, application: string, ip: string): Program => ({
    login: `${prefix}${login}`,
    name: login,
    application,
    ip,
  })
  return {
    database: random.pick(['prod', 'warehouse', 'analytics_prod', 'main']),
    programs: {
      dbt: program('dbt', 'dbt', '10.9.0.11'),
      loader: program('loader', random.pick(['airflow', 'Fivetran', 'loader 3.2']), '10.9.0.12'),
      backup: program('backup', 'pg_dump', '10.9.0.13'),
      shop: program('shop', 'shop-web', '10.9.0.14'),
      monitor: program('monitor', 'postgres_exporter', '10.9.0.15'),
      dashboards: program('dashboards', 'Metabase v0.56.4', '10.9.0.16'),
    },
    signIn: random.pick<SignInStyle>([
      { type: 'user_signed_in', failedType: 'user_sign_in_failed', failedOutcome: 'failure' },
      { type: 'sign_in', failedType: 'sign_in', failedOutcome: 'failure' },
      { type: 'sign_in', failedType: 'sign_in_failed', failedOutcome: undefined },
      { type: 'login', failedType: 'login_failed', failedOutcome: 'denied' },
      { type: 'session_started', failedType: 'session_started', failedOutcome: 'denied' },
    ]),
  }
}
