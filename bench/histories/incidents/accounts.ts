import {
  atLocalHour,
  failedSignIn,
  hourMs,
  makeEvent,
  makeQuery,
  minuteMs,
  personAt,
  signIn,
} from '../history.ts'
import type { Variant } from './variant.ts'

/** Addresses of nobody who works there. */
const strangers = ['185.220.101', '45.83.64', '91.219.237', '193.32.162', '2.58.56'] as const

function strangerIp({
  random,
}: {
  random: { pick: <T>(list: readonly T[]) => T; integer: (a: number, b: number) => number }
}): string {
  return `${random.pick(strangers)}.${random.integer(2, 250)}`
}

function guessing(attempts: [number, number], pauseMs: number): Variant['make'] {
  return (scene, { person, ms }) => {
    const ip = strangerIp(scene)
    const count = scene.random.integer(...attempts)
    const failed = Array.from({ length: count }, (_, i) => failedSignIn(scene, ms + i * pauseMs, person, ip))
    return [...failed, signIn(scene, ms + count * pauseMs, personAt(person, ip))]
  }
}

function spraying(accounts: [number, number], pauseMs: number, hosts: number): Variant['make'] {
  return (scene, { ms }) => {
    const network = scene.random.pick(strangers)
    const tried = scene.firm.people.slice(0, scene.random.integer(...accounts))
    return tried.map((person, i) =>
      failedSignIn(scene, ms + i * pauseMs, person, `${network}.${40 + (i % hosts)}`),
    )
  }
}

/** An account that nobody uses: some work in the first days, and then nothing. */
const forgotten = { name: 'Rene Albrecht', login: 'rene.albrecht' }

export const accountVariants: readonly Variant[] = [
  {
    kind: 'failed-then-successful sign-in',
    variant: 'quickly',
    rules: ['guessed_password'],
    make: guessing([6, 11], 9000),
  },
  {
    kind: 'failed-then-successful sign-in',
    variant: 'slowly',
    rules: ['guessed_password'],
    make: guessing([7, 9], 5 * minuteMs),
  },
  {
    kind: 'password spraying',
    variant: 'one address, everybody',
    rules: ['password_spraying'],
    make: spraying([14, 40], 4000, 1),
  },
  {
    kind: 'password spraying',
    variant: 'several addresses of a network, slowly',
    rules: ['password_spraying'],
    make: spraying([13, 20], 170_000, 5),
  },
  {
    kind: 'sign-in from a new network',
    variant: 'IPv4',
    rules: ['new_network'],
    make: (scene, { person, ms }) => [signIn(scene, ms, personAt(person, strangerIp(scene)))],
  },
  {
    kind: 'sign-in from a new network',
    variant: 'IPv6',
    rules: ['new_network'],
    make: (scene, { person, ms }) => [
      signIn(scene, ms, personAt(person, `2a0b:f4c2:${scene.random.hex(3)}::17`)),
    ],
  },
  {
    kind: 'dormant account awakes',
    variant: 'reads after weeks',
    rules: ['dormant_account'],
    prepare: (scene) => {
      const who = { ...forgotten, email: `${forgotten.login}@${scene.firm.domain}` }
      return [0, 1, 2].map((day) =>
        makeQuery(
          scene,
          atLocalHour(scene.span, 0, day, 10),
          {
            actor: { type: 'user', id: who.login, name: who.name, email: who.email },
            login: who.login,
            ip: '10.1.0.200',
            application: 'psql',
          },
          { sql: 'select * from sales.orders limit 10', rows: 10 },
        ),
      )
    },
    make: (scene, { ms }) => {
      const email = `${forgotten.login}@${scene.firm.domain}`
      const actor = { type: 'user', id: forgotten.login, name: forgotten.name, email } as const
      const who = { actor, login: forgotten.login, ip: '10.1.0.200', application: 'psql' }
      return [
        signIn(scene, ms, who),
        makeQuery(scene, ms + minuteMs, who, { sql: 'select * from sales.orders limit 10', rows: 10 }),
      ]
    },
    lateDay: true,
  },
  {
    kind: 'account of a person who has left',
    variant: 'a query',
    rules: ['left_account'],
    make: (scene, { ms }) => {
      const { left } = scene
      const who = {
        actor: { type: 'user', id: left.login, name: left.name, email: left.email } as const,
        login: left.login,
        ip: strangerIp(scene),
        application: 'psql',
      }
      return [
        makeQuery(scene, ms, who, {
          sql: 'select id, status from sales.orders where id > 10 limit 20',
          rows: 20,
        }),
      ]
    },
  },
  {
    kind: 'account of a person who has left',
    variant: 'a sign-in, known by the login alone',
    rules: ['left_account'],
    make: (scene, { ms }) => {
      const { left } = scene
      return [
        signIn(scene, ms, {
          actor: { type: 'user', id: left.login },
          login: left.login,
          ip: strangerIp(scene),
        }),
      ]
    },
  },
  {
    kind: 'role change',
    variant: 'of this product',
    rules: ['made_admin', 'role_changed'],
    make: (scene, { person, ms }) => [
      makeEvent(scene.random, ms, personAt(person), {
        type: 'user_role_changed',
        data: { from: 'member', to: 'admin', email: `x@${scene.firm.domain}` },
        targets: [{ type: 'user', id: 'u_77', name: `x@${scene.firm.domain}` }],
      }),
    ],
  },
  {
    kind: 'role change',
    variant: 'of another application',
    rules: ['made_admin', 'role_changed'],
    make: (scene, { person, ms }) => [
      makeEvent(scene.random, ms, personAt(person), {
        type: 'role_changed',
        data: { role: 'owner' },
        targets: [{ type: 'user', name: person.email }],
      }),
    ],
  },
  {
    kind: 'key created and used from elsewhere',
    variant: 'a new key',
    rules: ['new_key_elsewhere'],
    make: (scene, { person, ms }) => {
      const id = `key_${scene.random.hex(6)}`
      const target = { type: 'api_key', id, name: 'Sync' }
      const key = { actor: { type: 'api_key', id, name: 'Sync' } as const, ip: strangerIp(scene) }
      return [
        makeEvent(scene.random, ms, personAt(person), {
          type: 'api_key_created',
          data: { scopes: ['events:read'] },
          targets: [target],
        }),
        makeEvent(scene.random, ms + hourMs, key, {
          type: 'audit_log_searched',
          data: { query: 'type:query' },
        }),
      ]
    },
  },
  {
    kind: 'key created and used from elsewhere',
    variant: 'a key that was always used from one place',
    rules: ['key_new_network'],
    prepare: (scene) =>
      Array.from({ length: 16 }, (_, day) =>
        makeEvent(scene.random, atLocalHour(scene.span, 0, day, 6), oldKey('10.9.0.40'), {
          type: 'audit_log_searched',
          data: { query: `type:query created:${day}` },
        }),
      ),
    make: (scene, { ms }) => [
      makeEvent(scene.random, ms, oldKey(strangerIp(scene)), {
        type: 'audit_log_searched',
        data: { query: 'type:query' },
      }),
    ],
  },
]

function oldKey(ip: string) {
  return { actor: { type: 'api_key', id: 'key_reports', name: 'Reports' } as const, ip }
}
