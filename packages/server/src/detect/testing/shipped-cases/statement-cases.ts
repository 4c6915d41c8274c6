import {
  act,
  ann,
  at,
  dbt,
  denied,
  log,
  query,
  times,
  workingDays,
  type RuleCases,
  type Who,
} from '../scene.ts'
import type { SentDraft } from '../judge-drafts.ts'

const shop: Who = {
  actor: { type: 'service', id: 'shop', name: 'Web shop' },
  login: 'shop',
  ip: '10.9.0.4',
  application: 'shop-web',
}
const by =
  (who: Who, database = 'prod') =>
  (sql: string): readonly SentDraft[] => [query(at(0), who, sql, { database })]
const of = (texts: readonly string[], make: (sql: string) => readonly SentDraft[]): RuleCases['fires'] =>
  Object.fromEntries(texts.map((sql) => [sql, make(sql)]))
const form = (text: string): string => `SELECT u.* FROM app.users u WHERE u.email = '${text}`

/** Some questions of a catalogue within minutes. */
const asked = (count: number, who: Who = ann): SentDraft[] =>
  times(count, (i) =>
    query(at(0, 10, i), who, `select * from information_schema.columns where table_name = 't${i}'`),
  )

export const statementCases: Record<string, RuleCases> = {
  destructive_statement: {
    fires: {
      ...of(
        [
          'DROP TABLE sales.orders CASCADE',
          'truncate crm.contacts',
          'drop schema finance cascade',
          'drop database prod',
          'begin; drop table if exists sales.orders; commit',
        ],
        by(ann),
      ),
      'one that was refused': [query(at(0), ann, 'drop table sales.orders', denied)],
      'in a database without a name': [
        act(at(0), ann, 'query', { data: { sql: 'drop table sales.orders', dialect: 'postgres' } }),
      ],
    },
    quiet: {
      ...of(
        ['drop table tmp_x', 'drop table scratch.old', 'truncate staging.raw_orders', 'select 1 from a.b'],
        by(ann),
      ),
      'in a database for tests': by(ann, 'shop_test')('drop table sales.orders'),
      'a program': by(dbt)('drop table analytics.order_facts'),
      'of a table that is not there': [
        query(at(0), ann, 'drop table sales.ordres', { error: { code: '42P01', message: 'does not exist' } }),
      ],
    },
  },
  change_of_all_rows: {
    fires: of(
      [
        'delete from sales.refunds',
        'UPDATE product.prices SET price = price * 1.19',
        'begin; delete from crm.leads; commit',
        'delete from sales.refunds returning id',
      ],
      by(ann),
    ),
    quiet: {
      ...of(
        [
          'delete from sales.refunds where id = 3',
          "update product.prices set price = 2 where sku = 'a'",
          'delete from staging.raw_orders',
          'update tmp_fix set done = true',
        ],
        by(ann),
      ),
      'in a database for development': by(ann, 'dev')('delete from sales.refunds'),
      'a program': by(dbt)('delete from analytics.daily_revenue'),
    },
  },
  program_changes_all_rows: {
    fires: {
      'as it never did': [...log(14), query(at(14), shop, 'delete from app.carts')],
    },
    quiet: {
      'as every night': workingDays(20, (day) => [
        query(at(day), dbt, 'delete from analytics.daily_revenue'),
      ]),
      'a person': [...log(14), query(at(14), ann, 'delete from app.carts')],
    },
  },
  schema_change_outside_window: {
    fires: {
      'on a Sunday': [query(at(6, 14), ann, 'alter table sales.orders drop column total')],
      'in the night': [query(at(1, 2), ann, 'create index i on sales.orders (total)')],
    },
    quiet: {
      'by day': [query(at(1, 14), ann, 'alter table sales.orders add column note text')],
      'of a temporary table': [query(at(1, 2), ann, 'create temporary table mine as select 1')],
      'in a database for tests': [query(at(1, 2), ann, 'alter table a.b add c int', { database: 'ci_1' })],
      'a program': [query(at(1, 2), dbt, 'create table analytics.x as select 1')],
    },
  },
  catalogue_reconnaissance: {
    fires: {
      'columns of tables': asked(8),
      'users and permissions': [
        'pg_roles',
        'pg_user',
        'pg_auth_members',
        'pg_database',
        'pg_tables',
        'pg_namespace',
        'pg_views',
        'pg_proc',
      ].map((name, i) => query(at(0, 10, i), ann, `select * from pg_catalog.${name}`)),
      'what MySQL shows': times(8, (i) =>
        query(at(0, 10, i), ann, `SHOW COLUMNS FROM t${i}`, { dialect: 'mysql' }),
      ),
    },
    quiet: {
      'seven questions': asked(7),
      'a client with a tree of tables': asked(30, { ...ann, application: 'DBeaver 25.2.3 - Main' }),
      'a program': asked(30, { ...dbt, application: 'catalog sync' }),
      'over the day': times(12, (i) => query(at(0, 6 + i), ann, 'select 1 from information_schema.tables')),
      settings: times(12, (i) => query(at(0, 10, i), ann, 'show search_path')),
    },
  },
  secret_catalogue: {
    fires: of(['select rolname, rolpassword from pg_authid', 'select * from pg_catalog.pg_shadow'], by(ann)),
    quiet: { ...of(['select * from pg_roles'], by(ann)), 'a program': by(dbt)('select * from pg_authid') },
  },
  sql_injection: {
    fires: of(
      [
        "x' OR '1'='1",
        "x' or 1=1 -- ",
        "admin'--",
        "x') OR ('1'='1",
        "x' UNION SELECT NULL, table_name FROM information_schema.tables -- ",
        "x' union all select 1,2,3 -- ",
        "x' UNION/**/SELECT/**/password FROM users -- ",
        "x'; DROP TABLE users; --",
        "x'; update users set role = 'admin' --",
        "x' AND 1=(SELECT 1 FROM pg_sleep(5)) -- ",
        "x' AND SLEEP(5)#",
        "x'; WAITFOR DELAY '0:0:5' --",
        "x' AND extractvalue(1, concat(0x7e, version())) -- ",
        "x'; exec xp_cmdshell 'dir' --",
      ].map(form),
      by(shop),
    ),
    quiet: {
      ...of(
        [
          form("ann@acme.test' LIMIT 1"),
          form("o''malley@acme.test' LIMIT 1"),
          "select * from a.b where c = 'x' or d = 'y'",
          'select a from t1 union all select a from t2',
          "select 'a' as kind, null as total from a.b union all select 'b', 2 from a.c",
          'select * from a.b where (1 = 1) and c = 2',
          'select asleep(1), benchmarks from a.b',
          "select a from a.b where c = 'open' -- those that wait\nand d > 5",
          `select a from a.b where c = 'open' -- Looker Query Context '{"user_id":7}'`,
          "select 'no. '||'7' as label from a.b",
          "select a from a.b where c = 'open' or d = 5 -- a note",
          "select a from a.b where c = 'open' or d = 5 /* a note */",
          "select a from a.b where c = 'open' or url = 'a/b' or color = '#fff'",
          "update a.b set c = d where e = 'x'; select c from a.b -- to see it",
        ],
        by(ann),
      ),
    },
  },
  audit_settings_changed: {
    fires: {
      settings: [act(at(0), ann, 'settings_changed', { data: { before: {}, after: {} } })],
      'an integration is removed': [act(at(0), ann, 'integration_deleted', { data: { name: 'Warehouse' } })],
      'a rule is changed': [act(at(0), ann, 'detection_rule_changed')],
      'mails go through another server': [act(at(0), ann, 'mail_settings_changed')],
      'tags of a table are taken away': [
        act(at(0), ann, 'table_tags_changed', {
          data: { pattern: 'hr.pay', tags: [], before: ['pii'], origin: 'hand' },
        }),
      ],
      'a file takes tags away': [
        act(at(0), ann, 'table_tags_changed', { data: { origin: 'csv', rules: 3, added: 0, removed: 2 } }),
      ],
      'in the database itself': [query(at(0), ann, "alter system set log_statement = 'none'")],
      'for the session': [query(at(0), ann, "set log_statement = 'none'")],
    },
    quiet: {
      'an integration is made': [act(at(0), ann, 'integration_created')],
      'another setting of the session': [query(at(0), ann, "set work_mem = '1GB'")],
      'a view is changed': [act(at(0), ann, 'view_changed')],
      'tables get tags': [
        act(at(0), ann, 'table_tags_changed', {
          data: { pattern: 'hr.pay', tags: ['pii'], before: [], origin: 'hand' },
        }),
        act(at(0), ann, 'table_tags_changed', { data: { origin: 'csv', rules: 3, added: 3, removed: 0 } }),
      ],
    },
  },
}
