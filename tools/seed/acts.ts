import type { EventData, Target } from '@aleph-audit-log/domain/event'
import { serviceAccounts } from './directory.ts'
import { people, personOf, type Person } from './people.ts'
import { makeAct, memberActor } from './make-act.ts'
import type { MadeEvent } from './made-event.ts'
import type { Random } from './random.ts'
import { TimeSampler, localTime, workingHours, zoneOffsetMs, type Span } from './rhythm.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

const browsers = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0',
] as const

export function browserOf(person: Person): string {
  return browsers[people.indexOf(person) % browsers.length] ?? browsers[0]
}

/** The Unix ms at which a clock in a zone shows an hour (13.5 is half past one), so many days before the span ends. */
export function localMs(zone: string, span: Span, daysAgo: number, hour: number): number {
  const local = (localTime(zone, span.toMs).day - daysAgo) * dayMs + hour * hourMs
  return local - zoneOffsetMs(zone, local - zoneOffsetMs(zone, local))
}

/** How many days ago, at least `daysMin`, it was a day of the week (0 is Sunday) in a zone. */
export function daysSince(zone: string, span: Span, daysMin: number, weekday: number): number {
  const today = localTime(zone, span.toMs).weekday
  return daysMin + ((today - daysMin - weekday + 70) % 7)
}

const searches = [
  'type:query outcome:denied',
  'kind:ddl -source:app',
  'table:hr.*',
  'outcome:failure database:warehouse duration:>10000',
  'type:user_sign_in_failed',
  'table:crm.customers rows:>10000',
  'login:svc_metabase "refunds"',
  'actor:marcus@lumen.example kind:write',
  'error:57014 application:metabase*',
  'kind:dcl',
] as const

/** What members do in the audit log on their working days. */
function everydayActs(random: Random, span: Span, leftMs: ReadonlyMap<string, number>): MadeEvent[] {
  const acts: MadeEvent[] = []
  for (const person of membersOf()) {
    const own = random.fork(person.login)
    const untilMs = Math.min(leftMs.get(person.login) ?? span.toMs, span.toMs)
    // Nobody is a member before the invitations of the first two days.
    const sampler = new TimeSampler(
      { fromMs: span.fromMs + 2 * dayMs, toMs: untilMs },
      workingHours(person.office, person.begins, person.ends - 1),
    )
    const who = { actor: memberActor(person), ip: person.ip, userAgent: browserOf(person) }
    for (let visit = 0; visit < (person.role === 'admin' ? 22 : 12); visit++) {
      let ms = sampler.sample(own)
      const add = (type: string, data?: EventData): void => {
        if (ms < untilMs) acts.push(makeAct({ type, ms, ...who, ...(data === undefined ? {} : { data }) }))
        ms += own.logNormal(50_000, 0.7)
      }
      if (own.chance(0.07)) acts.push(failedSignIn(person.email, ms - 20_000, person.ip, browserOf(person)))
      add('user_signed_in')
      for (let i = own.integer(1, 5); i > 0; i--) {
        const query = own.pick(searches)
        add('audit_log_searched', { query })
        if (own.chance(0.12))
          add('audit_log_exported', { format: own.pick(['xlsx', 'xlsx', 'csv', 'jsonl']), query })
      }
      if (own.chance(0.35)) add('user_signed_out')
    }
  }
  return acts
}

/** A failed sign-in as the product records it. */
export function failedSignIn(email: string, ms: number, ip: string, userAgent: string): MadeEvent {
  const error = { code: 'wrong_credentials', message: 'The e-mail or the password is wrong.' }
  const actor = { type: 'anonymous', email } as const
  return makeAct({
    type: 'user_sign_in_failed',
    ms,
    actor,
    ip,
    userAgent,
    outcome: 'failure',
    data: { error },
  })
}

/** The members, and who was one. */
function membersOf(): Person[] {
  return people.filter((person) => person.role !== undefined)
}

type Planned = [
  daysAgo: number,
  hour: number,
  by: string,
  type: string,
  data: EventData | undefined,
  target: Target,
]

function plannedActs(random: Random): Planned[] {
  const id = (): string =>
    `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`
  const integration = (name: string): Target => ({
    type: 'integration',
    id: `${name}-postgres-log`,
    name: `PostgreSQL ${name}`,
  })
  const describe = (name: string, logins: number): EventData => ({
    kind: 'postgres_log',
    name: `PostgreSQL ${name}`,
    path: `/var/lib/postgresql/18/${name}/log`,
    bindParameters: 'types',
    logins,
  })
  const invitations = membersOf()
    .filter(({ login }) => login !== 'tobias')
    .flatMap((person, i): Planned[] => {
      const invitation: Target = { type: 'invitation', id: id(), name: person.email }
      const role = person.role ?? 'auditor'
      return [
        [29, 11 + i / 10, 'tobias', 'user_invited', { email: person.email, role }, invitation],
        [28, person.begins + 1 + i / 7, person.login, 'invitation_accepted', { role }, invitation],
      ]
    })
  const key = (name: string): Target => ({ type: 'api_key', id: id(), name })
  const [lake, old] = [key('Lake forwarder'), key('Test')]
  return [
    ...invitations,
    [29, 10.2, 'tobias', 'integration_created', describe('warehouse', 12), integration('warehouse')],
    [29, 10.6, 'tobias', 'integration_created', describe('app', 6), integration('app')],
    [
      28,
      9.4,
      'tobias',
      'api_key_created',
      { prefix: `aal_${random.hex(8)}`, scopes: ['events:write'] },
      lake,
    ],
    [
      28,
      9.1,
      'tobias',
      'api_key_created',
      { prefix: `aal_${random.hex(8)}`, scopes: ['events:write', 'events:read'] },
      old,
    ],
    [
      27,
      14.3,
      'tobias',
      'api_key_revoked',
      { prefix: `aal_${random.hex(8)}`, scopes: ['events:write', 'events:read'] },
      old,
    ],
    [
      27,
      15.1,
      'grace',
      'people_imported',
      { created: people.length, updated: 0, unchanged: 0 },
      { type: 'workspace', name: 'Main' },
    ],
    ...serviceAccounts.map(({ login, tool, commentPattern }, i): Planned => [
      27,
      15.5 + i / 30,
      'grace',
      'service_account_registered',
      { login, tool, ...(commentPattern === undefined ? {} : { commentPattern }) },
      { type: 'service_account', id: id(), name: login },
    ]),
    [
      22,
      11.7,
      'olga',
      'integration_updated',
      { before: describe('warehouse', 12), after: describe('warehouse', 40) },
      integration('warehouse'),
    ],
    [
      20,
      15.2,
      'grace',
      'user_role_changed',
      roleChange('priscilla', 'auditor', 'admin'),
      userTarget('priscilla'),
    ],
    [
      19,
      10.1,
      'tobias',
      'user_role_changed',
      roleChange('priscilla', 'admin', 'auditor'),
      userTarget('priscilla'),
    ],
    [
      14,
      13.5,
      'grace',
      'user_invited',
      { email: 'audit@example.org', role: 'auditor' },
      { type: 'invitation', id: id(), name: 'audit@example.org' },
    ],
    [
      13,
      9.8,
      'olga',
      'invitation_withdrawn',
      { email: 'audit@example.org', role: 'auditor' },
      { type: 'invitation', id: id(), name: 'audit@example.org' },
    ],
    [11, 10.4, 'tobias', 'password_reset_requested', undefined, userTarget('meera')],
    [11, 16.1, 'meera', 'password_reset', undefined, userTarget('meera')],
    [
      7,
      11.3,
      'tobias',
      'api_key_created',
      { prefix: `aal_${random.hex(8)}`, scopes: ['events:read'] },
      key('SIEM'),
    ],
  ]
}

function roleChange(login: string, from: string, to: string): EventData {
  const { name, email } = personOf(login)
  return { from, to, name, email }
}

function userTarget(login: string): Target {
  const { id, email } = personOf(login)
  return { type: 'user', id, name: email }
}

/** What happens in the audit log itself: sign-ins, searches, exports, and changes of its settings. */
export function makeActs(random: Random, span: Span, leftMs: ReadonlyMap<string, number>): MadeEvent[] {
  const planned = plannedActs(random.fork('settings')).map(([daysAgo, hour, by, type, data, target]) => {
    const person = personOf(by)
    return makeAct({
      type,
      ms: localMs(person.office.zone, span, daysAgo, hour),
      actor: memberActor(person),
      ip: person.ip,
      userAgent: browserOf(person),
      ...(data === undefined ? {} : { data }),
      targets: [target],
    })
  })
  const all = [...planned, ...everydayActs(random.fork('visits'), span, leftMs)]
  return all.filter(({ draft }) => Date.parse(draft.occurredAt) < span.toMs)
}
