import {
  act,
  ann,
  at,
  bob,
  dbt,
  lea,
  log,
  query,
  times,
  together,
  workingDays,
  type RuleCases,
  type Who,
} from '../scene.ts'
import type { SentDraft } from '../judge-drafts.ts'

const strange = '185.220.101.4'

/** The product's own, a sender's with an outcome, a sender's with a type, a database's. */
const failures: Record<string, (ms: number, who: Who) => SentDraft> = {
  'of this product': (ms, { actor, ip }) =>
    act(
      ms,
      { actor: { type: 'anonymous', email: actor.email }, ...(ip === undefined ? {} : { ip }) },
      'user_sign_in_failed',
      { outcome: 'failure' },
    ),
  'told by the outcome': (ms, who) => act(ms, who, 'sign_in', { outcome: 'failure' }),
  'told by the type': (ms, who) => act(ms, who, 'login_failed'),
  'of a database': (ms, who) => act(ms, who, 'session_started', { outcome: 'denied' }),
}

const signIn = (ms: number, who: Who): SentDraft => act(ms, who, 'sign_in')
const from = (who: Who, ip: string): Who => ({ ...who, ip })
const somebody = (i: number, ip: string): Who => ({ actor: { type: 'user', email: `p${i}@acme.test` }, ip })

function mapCases<T>(
  of: Record<string, T>,
  make: (value: T) => readonly SentDraft[],
): Record<string, readonly SentDraft[]> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, make(value)]))
}

const keyOf = (ip: string): Who => ({ actor: { type: 'api_key', id: 'key_1', name: 'Sync' }, ip })
const keyMade = act(at(20), ann, 'api_key_created', {
  targets: [{ type: 'api_key', id: 'key_1', name: 'Sync' }],
})
const search = (day: number, who: Who): SentDraft => act(at(day, 11), who, 'audit_log_searched')

export const accountCases: Record<string, RuleCases> = {
  guessed_password: {
    fires: {
      ...mapCases(failures, (failed) => [
        ...times(5, (i) => failed(at(0, 10, i), from(ann, strange))),
        signIn(at(0, 10, 6), from(ann, strange)),
      ]),
      'slowly, from changing addresses': [
        ...times(6, (i) => act(at(0, 10, i * 9), from(ann, `185.220.${i}.4`), 'login_failed')),
        act(at(0, 11, 10), from(ann, strange), 'login'),
      ],
    },
    quiet: {
      'somebody mistypes four times': [
        ...times(4, (i) => act(at(0, 10, i), ann, 'sign_in', { outcome: 'failure' })),
        signIn(at(0, 10, 5), ann),
      ],
      'it never succeeds': times(8, (i) => act(at(0, 10, i * 5), ann, 'sign_in', { outcome: 'failure' })),
      'somebody else signs in': [
        ...times(8, (i) => act(at(0, 10, i * 5), ann, 'sign_in', { outcome: 'failure' })),
        signIn(at(0, 10, 50), bob),
      ],
      'it succeeds on the next day': [
        ...times(8, (i) => act(at(0, 10, i * 5), ann, 'sign_in', { outcome: 'failure' })),
        signIn(at(1), ann),
      ],
      'it succeeded before': [
        signIn(at(0, 9), ann),
        ...times(8, (i) => act(at(0, 10, i * 5), ann, 'sign_in', { outcome: 'failure' })),
      ],
    },
  },
  brute_force: {
    fires: mapCases(failures, (failed) => times(12, (i) => failed(at(0, 10, i), from(ann, strange)))),
    quiet: {
      'eleven times': times(11, (i) => act(at(0, 10, i), ann, 'sign_in_failed')),
      'over two hours': times(14, (i) => act(at(0, 10, i * 9), ann, 'sign_in_failed')),
    },
  },
  password_spraying: {
    fires: {
      ...mapCases(failures, (failed) => times(6, (i) => failed(at(0, 3, i), somebody(i, strange)))),
      'through several addresses of one network': times(8, (i) =>
        act(at(0, 3, i), somebody(i, `185.220.101.${i}`), 'login_failed'),
      ),
      'where only the login is told': times(6, (i) =>
        act(at(0, 3, i), { actor: { type: 'anonymous', name: 'unknown' }, ip: strange }, 'login_failed', {
          data: { login: `p${i}` },
        }),
      ),
      slowly: times(11, (i) => act(at(0, 3, i * 5), somebody(i, strange), 'login_failed')),
    },
    quiet: {
      'five people of an office mistype': times(5, (i) =>
        act(at(0, 9, i), somebody(i, strange), 'login_failed'),
      ),
      'nine people within an hour': times(9, (i) =>
        act(at(0, 9, i * 6), somebody(i, strange), 'login_failed'),
      ),
      'one person, many times': times(30, (i) => act(at(0, 9, i), somebody(1, strange), 'login_failed')),
      'from as many networks': times(8, (i) => act(at(0, 9, i), somebody(i, `10.0.${i}.4`), 'login_failed')),
    },
  },
  spraying_spread: {
    fires: {
      'an address for each account': times(10, (i) =>
        act(at(0, 3, i * 2), somebody(i, `185.${i}.7.4`), 'login_failed'),
      ),
    },
    quiet: {
      'nine networks': times(9, (i) => act(at(0, 3, i * 2), somebody(i, `185.${i}.7.4`), 'login_failed')),
      'over the day': times(20, (i) => act(at(0, i), somebody(i, `185.${i}.7.4`), 'login_failed')),
    },
  },
  new_network: {
    fires: {
      'after two weeks': [
        ...workingDays(14, (day) => [signIn(at(day), ann)]),
        signIn(at(14), from(ann, strange)),
      ],
      'of a database, by IPv6': [
        ...workingDays(14, (day) => [act(at(day), ann, 'session_started')]),
        act(at(14), from(ann, '2a0b:f4c2::17'), 'session_started'),
      ],
    },
    quiet: {
      'another desk of the same network': [
        ...workingDays(14, (day) => [signIn(at(day), ann)]),
        signIn(at(14), from(ann, '10.0.0.99')),
      ],
      'somebody who came three days ago': [
        ...workingDays(14, (day) => [signIn(at(day), bob)]),
        signIn(at(14), ann),
        signIn(at(17), from(ann, strange)),
      ],
      'a network that was used before': [
        signIn(at(0), from(ann, strange)),
        ...workingDays(14, (day) => [signIn(at(day, 11), ann)]),
        signIn(at(14), from(ann, strange)),
      ],
      'a sign-in that failed': [
        ...workingDays(14, (day) => [signIn(at(day), ann)]),
        act(at(14), from(ann, strange), 'sign_in', { outcome: 'failure' }),
      ],
    },
  },
  dormant_account: {
    fires: {
      'a sign-in after three weeks': [signIn(at(0), ann), signIn(at(21), ann)],
      'a query, without a sign-in': [
        query(at(0), ann, 'select 1 from a.b'),
        query(at(25), ann, 'select 1 from a.b'),
      ],
    },
    quiet: {
      'two weeks of holidays': [signIn(at(0), ann), signIn(at(18), ann)],
      'somebody new': [...log(25), signIn(at(25), ann)],
      'somebody tries their account': [
        signIn(at(0), ann),
        act(at(25), ann, 'sign_in', { outcome: 'failure' }),
      ],
      'a program that runs once a month': [
        query(at(0), dbt, 'select 1 from a.b'),
        query(at(28), dbt, 'select 1 from a.b'),
      ],
    },
  },
  left_account: {
    fires: {
      'a query': [query(at(8), lea, 'select id from sales.orders where id = 1')],
      'by the login alone': [
        query(at(8), { actor: { type: 'user', id: 'lea' }, login: 'lea', ip: strange }, 'select 1 from a.b'),
      ],
      'in this product': [act(at(8), lea, 'audit_log_searched')],
    },
    quiet: {
      'on her last day': [query(at(4, 16), lea, 'select id from sales.orders where id = 1')],
      'somebody tries her account': [
        act(at(8), lea, 'sign_in_failed'),
        act(at(8), lea, 'login', { outcome: 'denied' }),
      ],
      'somebody who is still there': [query(at(8), ann, 'select id from sales.orders where id = 1')],
    },
  },
  made_admin: {
    fires: {
      'of this product': [act(at(0), ann, 'user_role_changed', { data: { from: 'auditor', to: 'admin' } })],
      'an invitation': [act(at(0), ann, 'user_invited', { data: { email: 'x@acme.test', role: 'admin' } })],
      'of another application': [act(at(0), ann, 'role_assigned', { data: { role: 'Workspace owner' } })],
    },
    quiet: {
      'to less': [act(at(0), ann, 'user_role_changed', { data: { from: 'admin', to: 'auditor' } })],
      'an auditor is invited': [act(at(0), ann, 'user_invited', { data: { role: 'auditor' } })],
    },
  },
  role_changed: {
    fires: {
      'to less': [act(at(0), ann, 'user_role_changed', { data: { from: 'admin', to: 'auditor' } })],
    },
    quiet: {
      'somebody is invited': [act(at(0), ann, 'user_invited', { data: { role: 'auditor' } })],
      'what is told as becoming an admin': [act(at(0), ann, 'user_role_changed', { data: { to: 'admin' } })],
    },
  },
  new_key_elsewhere: {
    fires: {
      'another network, an hour later': [keyMade, act(at(20, 12), keyOf(strange), 'audit_log_exported')],
      'another network, after it was used at the desk': [
        keyMade,
        search(20, keyOf('10.0.0.5')),
        search(22, keyOf(strange)),
      ],
    },
    quiet: {
      'the network in which it was made': [keyMade, search(20, keyOf('10.0.0.9'))],
      'another key': [
        keyMade,
        search(20, { actor: { type: 'api_key', id: 'key_2', name: 'Other' }, ip: strange }),
      ],
    },
  },
  key_new_network: {
    fires: {
      'after a week': [
        ...workingDays(10, (day) => [search(day, keyOf('10.9.0.40'))]),
        search(10, keyOf(strange)),
      ],
    },
    quiet: {
      'a key of yesterday': [search(0, keyOf('10.9.0.40')), search(1, keyOf(strange))],
      'a person': [...workingDays(10, (day) => [search(day, ann)]), search(10, from(ann, strange))],
    },
  },
  login_of_another: {
    fires: {
      'a colleague': [
        ...workingDays(14, (day) => [query(at(day), ann, 'select 1 from a.b')]),
        query(at(14), { ...bob, login: 'ann' }, 'select 1 from a.b'),
      ],
    },
    quiet: {
      'its owner': workingDays(20, (day) => [query(at(day), ann, 'select 1 from a.b')]),
      'a login of a dashboard tool': together(
        workingDays(14, (day) => [
          query(at(day), { ...dbt, login: 'svc_bi', application: 'Metabase' }, 'select 1 from a.b'),
        ]),
        [query(at(14), { ...bob, login: 'svc_bi', application: 'Metabase' }, 'select 1 from a.b')],
      ),
    },
  },
}
