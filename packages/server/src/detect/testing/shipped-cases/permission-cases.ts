import { ann, at, dbt, denied, log, query, times, workingDays, type RuleCases } from '../scene.ts'

export const permissionCases: Record<string, RuleCases> = {
  first_grant: {
    fires: {
      'a grant': [...log(14), query(at(14), ann, 'grant select on hr.salaries to ann')],
      'a new user': [...log(14), query(at(14), ann, "create user x with password 'y'")],
      'one that was refused': [...log(14), query(at(14), ann, 'grant select on a.b to ann', denied)],
    },
    quiet: {
      'somebody who does so each week': [
        ...log(1),
        ...workingDays(14, (day) => [query(at(day), ann, 'grant select on a.b to bob')]),
        query(at(16), ann, 'grant select on a.c to bob'),
      ],
      'a program': [...log(14), query(at(14), dbt, 'grant select on a.b to reporting')],
      'a log that is young': [...log(5), query(at(7), ann, 'grant select on a.b to bob')],
      reading: [...log(14), query(at(14), ann, 'select 1 from a.b')],
    },
  },
  far_reaching_grant: {
    fires: {
      'a superuser': [query(at(0), ann, 'ALTER ROLE ann WITH SUPERUSER')],
      'everything to everybody': [query(at(0), ann, 'GRANT ALL ON ALL TABLES IN SCHEMA s TO PUBLIC')],
      'passed on': [query(at(0), ann, 'grant select on a.b to bob with grant option')],
      'of Snowflake': [query(at(0), ann, 'grant role ACCOUNTADMIN to user bob', { dialect: 'snowflake' })],
      'of MySQL': [query(at(0), ann, "GRANT ALL PRIVILEGES ON *.* TO 'x'@'%'", { dialect: 'mysql' })],
    },
    quiet: {
      'one table': [query(at(0), ann, 'grant select on sales.orders to bob')],
      'it is taken away': [query(at(0), ann, 'revoke all on a.b from public')],
      'less than before': [query(at(0), ann, 'alter role ann nosuperuser')],
      'a program': [query(at(0), dbt, 'grant all on a.b to public')],
    },
  },
  sensitive_grant: {
    fires: {
      'a tagged table': [query(at(0), ann, 'grant select on hr.salaries to bob')],
      'with a tag that only this company has': [
        query(at(0), ann, 'grant select on wiki.board_minutes to bob'),
      ],
    },
    quiet: {
      'another table': [query(at(0), ann, 'grant select on sales.orders to bob')],
      'it is taken away': [query(at(0), ann, 'revoke select on hr.salaries from bob')],
    },
  },
  denied_burst: {
    fires: {
      'one table again and again': times(5, (i) =>
        query(at(0, 10, i), ann, 'select 1 from hr.salaries', denied),
      ),
      'eight tables over an hour': times(8, (i) =>
        query(at(0, 10, i * 8), ann, `select 1 from hr.t${i}`, denied),
      ),
      'told as a failure': times(5, (i) =>
        query(at(0, 10, i), ann, 'select 1 from a.b', {
          error: { code: '42501', message: 'permission denied' },
        }),
      ),
      'of BigQuery': times(5, (i) =>
        query(at(0, 10, i), ann, 'select 1 from a.b', {
          dialect: 'bigquery',
          error: { code: 'accessDenied', message: 'Access Denied: Table a:b' },
        }),
      ),
      'told without a code': times(5, (i) =>
        query(at(0, 10, i), ann, 'select 1 from a.b', {
          error: { code: '', message: 'SQL access control error: Insufficient privileges' },
        }),
      ),
    },
    quiet: {
      'four times': times(4, (i) => query(at(0, 10, i), ann, 'select 1 from hr.salaries', denied)),
      'seven tables over an hour': times(7, (i) =>
        query(at(0, 10, i * 9), ann, `select 1 from hr.t${i}`, denied),
      ),
      'five people, once each': times(5, (i) =>
        query(
          at(0, 10, i),
          { actor: { type: 'user', email: `p${i}@acme.test` } },
          'select 1 from a.b',
          denied,
        ),
      ),
      'errors of another kind': times(9, (i) =>
        query(at(0, 10, i), ann, 'select 1 form a.b', { error: { code: '42601', message: 'syntax error' } }),
      ),
      'over the day': times(9, (i) => query(at(0, 8 + i), ann, 'select 1 from hr.salaries', denied)),
    },
  },
  denied_from_address: {
    fires: {
      'four accounts': times(4, (i) =>
        query(
          at(0, 10, i),
          { actor: { type: 'user', email: `p${i}@acme.test` }, ip: '10.0.0.5' },
          'select 1 from a.b',
          denied,
        ),
      ),
    },
    quiet: {
      'three accounts': times(9, (i) =>
        query(
          at(0, 10, i),
          { actor: { type: 'user', email: `p${i % 3}@acme.test` }, ip: '10.0.0.5' },
          'select 1 from a.b',
          denied,
        ),
      ),
    },
  },
}
