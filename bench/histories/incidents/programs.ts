import {
  hourMs,
  makeEvent,
  makeQuery,
  minuteMs,
  personAt,
  programItself,
  signIn,
  dayMs,
  type Who,
} from '../history.ts'
import type { IncidentScene, Variant } from './variant.ts'

const reader = { type: 'system', id: 'postgres_log_reader', name: 'PostgreSQL log reader' } as const

function told(
  kind: string,
  rules: readonly string[],
  type: string,
  data: Record<string, string | number>,
  who: Who = { actor: reader },
): Variant {
  return {
    kind,
    variant: type,
    rules,
    make: (scene, { ms }) => [makeEvent(scene.random, ms, who, { type, outcome: 'failure', data })],
  }
}

function settings(type: string, data: Record<string, string>): Variant {
  return {
    kind: 'audit settings changed',
    variant: type,
    rules: ['audit_settings_changed'],
    make: (scene, { person, ms }) => [
      makeEvent(scene.random, ms, personAt(person), {
        type,
        data,
        targets: [{ type: 'integration', id: 'i1', name: 'Warehouse' }],
      }),
    ],
  }
}

function injected(variant: string, text: string): Variant {
  return {
    kind: 'SQL-injection-like text',
    variant,
    rules: ['sql_injection'],
    make: (scene, { ms }) => [
      makeQuery(scene, ms, programItself(scene.firm.programs.shop), {
        sql: `SELECT u.* FROM app.users u WHERE u.email = '${text}`,
        rows: 40,
      }),
    ],
  }
}

/** A service's login in the hands of somebody at a desk. */
function byHand(
  variant: string,
  application: string,
  actor: (scene: IncidentScene, email: string) => Who['actor'],
): Variant {
  return {
    kind: 'service account used interactively',
    variant,
    rules: ['service_by_hand', 'service_new_tool', 'service_new_program', 'login_of_another'],
    make: (scene, { person, ms }) => {
      const { login } = scene.firm.programs.loader
      const who = { actor: actor(scene, person.email), login, ip: person.deskIp, application }
      return [1, 2, 3].map((i) =>
        makeQuery(scene, ms + i * minuteMs, who, {
          sql: `select * from sales.orders order by id desc limit ${i * 10}`,
          rows: i * 10,
        }),
      )
    },
  }
}

export const programVariants: readonly Variant[] = [
  byHand('psql, as the service', 'psql', (scene) => ({
    type: 'service',
    id: scene.firm.programs.loader.login,
    name: 'loader',
  })),
  byHand('DBeaver, as the service', 'DBeaver 25.2.3 - Main', (scene) => ({
    type: 'service',
    id: scene.firm.programs.loader.login,
  })),
  byHand('psql, as the person', 'psql', (_, email) => ({ type: 'user', email })),
  {
    kind: 'first use of a tool by a service account',
    variant: 'a known tool',
    rules: ['service_new_tool'],
    make: (scene, { ms }) => [
      makeQuery(
        scene,
        ms,
        { ...programItself(scene.firm.programs.dbt), application: 'Tableau 2026.1' },
        { sql: 'select id from sales.orders limit 5', rows: 5 },
      ),
    ],
  },
  {
    kind: 'first use of a tool by a service account',
    variant: 'an unknown program',
    rules: ['service_new_program'],
    make: (scene, { ms }) => [
      makeQuery(
        scene,
        ms,
        { ...programItself(scene.firm.programs.monitor), application: 'python-requests/2.32' },
        { sql: 'select id from sales.orders limit 5', rows: 5 },
      ),
    ],
  },
  injected('always true', "x' OR '1'='1"),
  injected('always true, with numbers', "x' or 1=1 -- "),
  injected('a union', "x' UNION SELECT NULL, table_name FROM information_schema.tables -- "),
  injected('a second statement', "x'; DROP TABLE users; --"),
  injected('a pause', "x' AND 1=(SELECT 1 FROM pg_sleep(5)) -- "),
  settings('settings_changed', { bindParameters: 'none' }),
  settings('integration_deleted', { name: 'Warehouse' }),
  settings('integration_updated', { name: 'Warehouse' }),
  told('gateway bypassed', ['gateway_bypassed'], 'gateway_bypassed', { login: 'ann', database: 'prod' }),
  told('gap in a sequence', ['recording_gap'], 'log_gap_detected', {
    reason: 'lines_missing',
    from: 17,
    to: 90,
  }),
  told('gap in a sequence', ['recording_gap'], 'gateway_events_lost', { count: 40 }),
  told('event id conflict', ['id_conflict'], 'event_id_conflict', { refusedType: 'query' }),
  {
    kind: 'audit log exported by a new person',
    variant: 'once',
    rules: ['first_audit_log_export'],
    by: ({ readsAuditLog }) => !readsAuditLog,
    make: (scene, { person, ms }) => [
      makeEvent(scene.random, ms, personAt(person), {
        type: 'audit_log_exported',
        data: { format: 'csv', query: '' },
      }),
    ],
  },
  {
    kind: 'mass download from this app',
    variant: 'within an hour',
    rules: ['mass_download'],
    make: (scene, { person, ms }) =>
      Array.from({ length: scene.random.integer(8, 20) }, (_, i) =>
        makeEvent(scene.random, ms + i * 100_000, personAt(person), {
          type: 'audit_log_exported',
          data: { format: 'csv', query: `created:${i}` },
        }),
      ),
  },
  {
    kind: 'mass download from this app',
    variant: 'over a day',
    rules: ['mass_download'],
    make: (scene, { person, ms }) =>
      Array.from({ length: scene.random.integer(18, 24) }, (_, i) =>
        makeEvent(scene.random, ms + i * 21 * minuteMs, personAt(person), {
          type: 'audit_log_exported',
          data: { format: 'xlsx', query: `created:${i}` },
        }),
      ),
  },
  {
    kind: 'AI agent reads tagged data',
    variant: 'an actor of its own',
    rules: ['ai_agent_sensitive'],
    make: (scene, { ms }) => [
      makeQuery(
        scene,
        ms,
        {
          actor: { type: 'ai_agent', id: 'helper', name: 'Data helper' },
          login: 'helper',
          ip: '10.9.0.60',
          application: 'helper',
        },
        { sql: 'select name, email from crm.customers limit 20', rows: 20 },
      ),
    ],
  },
  {
    kind: 'AI agent reads tagged data',
    variant: 'known by its program',
    rules: ['ai_agent_sensitive'],
    make: (scene, { person, ms }) => [
      makeQuery(
        scene,
        ms,
        { ...personAt(person), application: 'claude-code/2.1 (mcp)' },
        { sql: 'select name, email from crm.contacts limit 20', rows: 20 },
      ),
    ],
  },
  {
    kind: 'integration gone silent',
    variant: 'a database of which nothing comes any more',
    rules: ['database_silent', 'database_silent_for_days'],
    silent: 'lake',
    prepare: (scene) => {
      const who = programItself(scene.firm.programs.loader)
      const hours = (scene.span.days - 3) * 24
      return Array.from({ length: hours / 4 }, (_, i) =>
        makeQuery(scene, scene.span.fromMs + i * 4 * hourMs + 5 * minuteMs, who, {
          sql: 'select count(*) from events.page_views',
          rows: 1,
          database: 'lake',
        }),
      )
    },
    make: () => [],
  },
  {
    kind: 'new tool of somebody else, a day later',
    variant: 'an unknown address for a service',
    rules: ['new_network'],
    make: (scene, { ms }) => [
      signIn(scene, ms + dayMs / 48, { ...programItself(scene.firm.programs.backup), ip: '45.83.64.9' }),
    ],
    prepare: (scene) =>
      Array.from({ length: 16 }, (_, day) =>
        signIn(
          scene,
          scene.span.fromMs + day * dayMs + 2 * hourMs,
          programItself(scene.firm.programs.backup),
        ),
      ),
  },
]
