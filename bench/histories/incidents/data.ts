import type { Employee } from '../firm.ts'
import { atLocalHour, hourMs, makeQuery, minuteMs, personAt, type Statement } from '../history.ts'
import type { IncidentScene, Variant } from './variant.ts'

/** Statements one after the other, a pause before each. */
function run(
  scene: IncidentScene,
  person: Employee,
  ms: number,
  statements: readonly Statement[],
  pauseMs = 40_000,
) {
  return statements.map((statement, i) => makeQuery(scene, ms + i * pauseMs, personAt(person), statement))
}

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

const denied = (name: string): Statement => ({
  sql: `select * from ${name} limit 5`,
  error: { code: '42501', message: `permission denied for table ${name}` },
  outcome: 'denied',
})

function one(
  kind: string,
  variant: string,
  rules: readonly string[],
  make: (scene: IncidentScene, person: Employee) => Statement | readonly Statement[],
  more: Partial<Variant> = {},
): Variant {
  return {
    kind,
    variant,
    rules,
    make: (scene, { person, ms }) => {
      const made = make(scene, person)
      return run(scene, person, ms, 'sql' in made ? [made] : made)
    },
    ...more,
  }
}

const notOf = (...teams: string[]) => ({ by: ({ team }: Employee) => !teams.includes(team) })
const grants = ['first_grant', 'far_reaching_grant', 'sensitive_grant']
const exports = ['first_export', 'export_of_new_table', 'export_outside', 'sensitive_export']
const schema = ['schema_change_outside_window']

export const dataVariants: readonly Variant[] = [
  one(
    'privilege grant',
    'to oneself',
    grants,
    (_, { login }) => ({ sql: `grant select on hr.salaries to "${login}"` }),
    notOf('data'),
  ),
  one('privilege grant', 'superuser', grants, (_, { login }) => ({
    sql: `ALTER ROLE "${login}" WITH SUPERUSER`,
  })),
  one('privilege grant', 'everything to everybody', grants, () => ({
    sql: 'GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA sales TO PUBLIC',
  })),
  one(
    'privilege grant',
    'a new user',
    grants,
    () => ({ sql: "create user backdoor with password 'x'" }),
    notOf('data'),
  ),
  one('permission-denied burst', 'one table again and again', ['denied_burst'], (scene) =>
    times(scene.random.integer(6, 14), () => denied('hr.salaries')),
  ),
  one('permission-denied burst', 'one table after the other', ['denied_burst'], (scene) =>
    scene.firm.tables.slice(8, 8 + scene.random.integer(6, 9)).map(({ name }) => denied(name)),
  ),
  one('permission-denied burst', 'told as a failure', ['denied_burst'], (scene) =>
    times(scene.random.integer(7, 10), (i) => ({
      sql: `select count(*) from hr.salaries where id > ${i}`,
      error: { code: '42501', message: 'permission denied for table salaries' },
    })),
  ),
  one(
    'first access to a tagged table',
    'some rows',
    ['first_sensitive_read'],
    () => ({ sql: 'select employee_id, amount from hr.salaries where amount > 90000', rows: 14, bytes: 900 }),
    notOf('people'),
  ),
  one('first access to a tagged table', 'one row of cards', ['first_sensitive_read'], () => ({
    sql: 'select * from payments.cards where customer_id = 77 limit 1',
    rows: 1,
    bytes: 200,
  })),
  {
    kind: 'first access to a tagged table',
    variant: 'through a dashboard',
    rules: ['first_sensitive_read'],
    by: ({ team }) => team !== 'finance',
    make: (scene, { person, ms }) => {
      const { login, application, ip } = scene.firm.programs.dashboards
      const userId = scene.firm.people.indexOf(person) + 3
      const sql = `-- Metabase:: userID: ${userId} queryType: native queryHash: ${scene.random.hex(64)}\nSELECT * FROM finance.ledger WHERE account = 4711`
      return [
        makeQuery(
          scene,
          ms,
          { actor: { type: 'service', id: login, name: login }, login, ip, application },
          { sql, rows: 44 },
        ),
      ]
    },
  },
  {
    kind: 'reads at unusual hours',
    variant: 'at three in the night',
    rules: ['unusual_hours'],
    by: ({ team, joins }) => team !== 'engineering' && joins === 0,
    make: (scene, { person, day }) => {
      const ms = atLocalHour(scene.span, person.offset, day, 2.6)
      return run(
        scene,
        person,
        ms,
        times(scene.random.integer(4, 9), (i) => ({
          sql: `select * from ${person.tables[0] ?? 'sales.orders'} where id > ${i * 100} limit 100`,
          rows: 100,
          bytes: 20_000,
        })),
        2 * minuteMs,
      )
    },
  },
  one(
    'rows far above the own past',
    'one query',
    ['rows_above_past', 'bytes_above_past'],
    (scene, { tables }) => ({
      sql: `select id, status, amount from ${tables[0] ?? 'sales.orders'} where id > 0`,
      rows: scene.random.integer(250_000, 900_000),
    }),
  ),
  one(
    'rows far above the own past',
    'page by page',
    ['rows_above_past', 'bytes_above_past'],
    (scene, { tables }) =>
      times(scene.random.integer(20, 30), (i) => ({
        sql: `select id, status from ${tables[0] ?? 'sales.orders'} where id > ${i * 10_000} order by id limit 10000`,
        rows: 10_000,
      })),
  ),
  one('bytes far above the own past', 'few rows, very wide', ['bytes_above_past'], (scene, { tables }) => ({
    sql: `select id, document from ${tables[0] ?? 'sales.orders'} where id > 0`,
    rows: 300,
    bytes: scene.random.integer(400_000_000, 2_000_000_000),
  })),
  one('bulk SELECT * on a tagged table', 'rows told', ['bulk_sensitive_read'], (scene) => ({
    sql: 'select * from crm.customers',
    rows: scene.random.integer(9000, 60_000),
  })),
  one('bulk SELECT * on a tagged table', 'rows not told', ['bulk_sensitive_read'], () => ({
    sql: 'SELECT * FROM hr.employees ORDER BY name',
  })),
  one(
    'bulk SELECT * on a tagged table',
    'with a condition that leaves all',
    ['bulk_sensitive_read'],
    (scene) => ({
      sql: 'select c.* from crm.contacts c where c.id > 0',
      rows: scene.random.integer(20_000, 40_000),
    }),
  ),
  one(
    'export statement',
    'COPY TO',
    exports,
    () => ({ sql: 'COPY sales.orders TO STDOUT WITH (FORMAT csv, HEADER)', rows: 4000 }),
    { by: ({ exports: does }) => !does },
  ),
  one('export statement', 'to a file of the server', exports, () => ({
    sql: "copy (select * from sales.refunds) to '/tmp/r.csv' csv",
    rows: 2000,
  })),
  one('export statement', 'UNLOAD', exports, () => ({
    sql: "UNLOAD ('select * from sales.orders') TO 's3://elsewhere/x_' IAM_ROLE 'arn:aws:iam::1:role/r'",
  })),
  one('destructive statement in production', 'DROP TABLE', ['destructive_statement'], () => ({
    sql: 'DROP TABLE sales.order_lines CASCADE',
  })),
  one('destructive statement in production', 'TRUNCATE', ['destructive_statement'], () => ({
    sql: 'truncate crm.contacts, crm.leads',
  })),
  one('destructive statement in production', 'DROP SCHEMA', ['destructive_statement'], () => ({
    sql: 'drop schema finance cascade',
  })),
  one('UPDATE or DELETE without WHERE', 'DELETE', ['change_of_all_rows'], () => ({
    sql: 'delete from sales.refunds',
    rows: 8000,
  })),
  one('UPDATE or DELETE without WHERE', 'UPDATE', ['change_of_all_rows'], () => ({
    sql: 'UPDATE product.prices SET price = price * 1.19',
    rows: 1200,
  })),
  one('UPDATE or DELETE without WHERE', 'among other statements', ['change_of_all_rows'], () => ({
    sql: 'begin; delete from crm.leads; commit',
  })),
  {
    kind: 'schema change outside of a window',
    variant: 'at the weekend',
    rules: schema,
    make: (scene, { person, day }) => {
      const sunday = day - new Date(scene.span.fromMs + day * 24 * hourMs).getUTCDay()
      return run(scene, person, atLocalHour(scene.span, 0, sunday, 14), [
        { sql: 'alter table sales.orders drop column total' },
      ])
    },
  },
  {
    kind: 'schema change outside of a window',
    variant: 'at night',
    rules: schema,
    make: (scene, { person, day }) =>
      run(scene, person, atLocalHour(scene.span, 0, day, 2.2), [
        { sql: 'CREATE INDEX orders_by_total ON sales.orders (total)' },
      ]),
  },
  one(
    'catalogue reconnaissance',
    'information_schema',
    ['catalogue_reconnaissance'],
    (scene) =>
      times(scene.random.integer(10, 25), (i) => ({
        sql: `select column_name from information_schema.columns where table_name = 't${i}'`,
        rows: 12,
      })),
    { by: ({ application }) => application === 'psql' || application === 'jupyter' },
  ),
  one(
    'catalogue reconnaissance',
    'users and permissions',
    ['catalogue_reconnaissance', 'secret_catalogue'],
    () =>
      [
        'pg_catalog.pg_roles',
        'pg_catalog.pg_user',
        'pg_auth_members',
        'information_schema.role_table_grants',
        'information_schema.table_privileges',
        'pg_catalog.pg_tables',
        'pg_catalog.pg_database',
        'pg_namespace',
        'pg_catalog.pg_views',
        'pg_catalog.pg_proc',
      ].map((name) => ({ sql: `select * from ${name}`, rows: 30 })),
    { by: ({ application }) => application === 'psql' || application === 'jupyter' },
  ),
]
