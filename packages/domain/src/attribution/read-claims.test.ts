import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventData } from '../event.ts'
import { readCommentPattern } from './comment-pattern.ts'
import { readClaims } from './read-claims.ts'
import { claimLimits, type ToolClaim } from './tool-claim.ts'

const query = 'select * from orders'
const first = (sql: string, dialect = 'postgres'): ToolClaim | undefined =>
  readClaims({ data: { sql, dialect } })[0]

type Row = [what: string, sql: string, expected: Partial<ToolClaim> | undefined]

const samples: Row[] = [
  [
    'Metabase',
    `-- Metabase:: userID: 39 queryType: native queryHash: 5b1c\n${query}`,
    { tool: 'metabase', claimed: { id: '39' }, facts: { queryType: 'native', queryHash: '5b1c' } },
  ],
  [
    'Metabase in old builds',
    `-- Metabase:: userID: 7 executionID: 1f-2a queryType: MBQL queryHash: 9c\n${query}`,
    { claimed: { id: '7' }, facts: { queryType: 'MBQL', queryHash: '9c', execution: '1f-2a' } },
  ],
  [
    'Metabase in a block',
    `/* Metabase:: userID: 39 queryType: native */ ${query}`,
    { claimed: { id: '39' } },
  ],
  ['Metabase by itself', `-- Metabase\n${query}`, { tool: 'metabase', form: 'metabase' }],
  [
    'Metabase without a user',
    `-- Metabase:: userID: null queryType: native queryHash: 5b\n${query}`,
    { tool: 'metabase', facts: { queryType: 'native', queryHash: '5b' } },
  ],
  [
    'Metabase on Redshift',
    `/* partner: "metabase", {"dashboard_id":7,"chart_id":3,"optional_user_id":39,"filter_values":{}} */ ${query}`,
    { tool: 'metabase', claimed: { id: '39' }, facts: { dashboard: '7', question: '3' } },
  ],
  [
    'Metabase on Redshift, outside of a dashboard',
    `/* partner: "metabase", {"dashboard_id":null,"chart_id":3,"optional_user_id":39} */ ${query}`,
    { claimed: { id: '39' }, facts: { question: '3' } },
  ],
  ['Metabase cut off', `-- Metabase:: userID:\n${query}`, { tool: 'metabase' }],
  ['another word that begins like it', `-- Metabases are nice\n${query}`, undefined],
  [
    'Looker',
    `-- Looker Query Context '{"user_id":12,"history_slug":"ab","instance_slug":"71"}'\n${query}`,
    { tool: 'looker', claimed: { id: '12' }, facts: { execution: 'ab', instance: '71' } },
  ],
  [
    'Looker at the end',
    `${query}\n-- Looker Query Context '{"user_id":12,"history_slug":"ab"}'`,
    { tool: 'looker', claimed: { id: '12' }, isOutermost: true },
  ],
  [
    'Looker that is no valid JSON',
    `-- Looker Query Context '{"user_id":12,"history_slug":"ab","instance_slug":"71\n${query}`,
    { claimed: { id: '12' }, facts: { execution: 'ab' } },
  ],
  ['Looker without JSON', `-- Looker Query Context 'nothing'\n${query}`, undefined],
  [
    'dbt at the start',
    `/* {"app": "dbt", "dbt_version": "1.9", "profile_name": "shop", "target_name": "prod", "node_id": "model.shop.orders"} */\n${query}`,
    {
      tool: 'dbt',
      facts: { model: 'model.shop.orders', project: 'shop', target: 'prod' },
      isOutermost: true,
    },
  ],
  [
    'dbt at the end',
    `${query}\n/* {"app": "dbt", "node_id": "model.shop.orders"} */;`,
    { tool: 'dbt', facts: { model: 'model.shop.orders' }, isOutermost: true },
  ],
  ['JSON of something else', `/* {"app": "dbx", "node_id": "model.shop.orders"} */\n${query}`, undefined],
  [
    'Redash',
    `/* Username: ann@acme.com, query_id: 12, Queue: queries, Job ID: 8f, Query Hash: 3c, Scheduled: False */ ${query}`,
    {
      tool: 'redash',
      claimed: { email: 'ann@acme.com' },
      facts: { query: '12', queryHash: '3c', execution: '8f', scheduled: false },
    },
  ],
  [
    'Redash on a schedule',
    `/* Username: Scheduled, query_id: 12, Queue: scheduled_queries, Job ID: 8f, Query Hash: 3c, Scheduled: True */ ${query}`,
    { tool: 'redash', facts: { query: '12', queryHash: '3c', execution: '8f', scheduled: true } },
  ],
  [
    'Redash with a second name, which is not the first one',
    `/* Username: ann@acme.com, Username: boss@acme.com, query_id: adhoc, Query Hash: 3c */ ${query}`,
    { claimed: { email: 'ann@acme.com' }, facts: { queryHash: '3c' } },
  ],
  ['a list that is not of Redash', `/* Username: ann */ ${query}`, undefined],
  [
    'Hex',
    `${query}\n-- Hex query metadata: {"project_url": "https://app.hex.tech/a/1", "user_email": "ann@acme.com", "context": "SCHEDULED_RUN"}`,
    {
      tool: 'hex',
      claimed: { email: 'ann@acme.com' },
      facts: { notebook: 'https://app.hex.tech/a/1', scheduled: true },
    },
  ],
  [
    'Hex with an address that runs something',
    `${query}\n-- Hex query metadata: {"project_url": "javascript:alert(1)", "user_email": "ann@acme.com"}`,
    { tool: 'hex', claimed: { email: 'ann@acme.com' } },
  ],
  ['Hex without an object', `${query}\n-- Hex query metadata: soon`, undefined],
  [
    'Mode',
    `${query}\n-- {"user":"@ann","email":"ann@acme.com","url":"https://modeanalytics.com/acme/reports/1","scheduled":true}`,
    {
      tool: 'mode',
      claimed: { email: 'ann@acme.com', id: 'ann' },
      facts: { link: 'https://modeanalytics.com/acme/reports/1', scheduled: true },
    },
  ],
  [
    'an object that points elsewhere',
    `${query}\n-- {"user":"@ann","email":"ann@acme.com","url":"https://modeanalytics.com.evil.test/x"}`,
    undefined,
  ],
  [
    'Sigma',
    `${query}\n-- Sigma Σ {"sourceUrl":"https://app.sigmacomputing.com/acme/w/1","kind":"adhoc","request-id":"g01","email":"ann@acme.com"}`,
    {
      tool: 'sigma',
      claimed: { email: 'ann@acme.com' },
      facts: { link: 'https://app.sigmacomputing.com/acme/w/1', queryType: 'adhoc', execution: 'g01' },
    },
  ],
  ['Sigma without its sign', `${query}\n-- Sigma {"email":"ann@acme.com"}`, undefined],
  [
    'sqlcommenter',
    `${query} /*application='Shop',controller='orders',route='%2Forders%2F%3Aid',user_email='ann%40acme.com'*/`,
    {
      tool: 'shop',
      form: 'sqlcommenter',
      claimed: { email: 'ann@acme.com' },
      facts: { application: 'Shop', controller: 'orders', route: '/orders/:id' },
    },
  ],
  [
    'sqlcommenter without an application, with a quote in a value',
    `${query} /*action='it\\'s',traceparent='00-5b-53-01'*/`,
    { tool: 'sqlcommenter', facts: { action: "it's", trace: '00-5b-53-01' } },
  ],
  ['sqlcommenter with a % of its own', `${query} /*user='50%'*/`, { claimed: { name: '50%' } }],
  ['sqlcommenter that does not end', `${query} /*action='show*/`, undefined],
  ['sqlcommenter with words between', `${query} /*action='show' and more='1'*/`, undefined],
  ['an ordinary comment', `-- only for Monday\n${query} -- done`, undefined],
  ['a hint', `select /*+ parallel(4) */ 1`, undefined],
  ['a comment between the words', `select -- Metabase:: userID: 1\n 1`, undefined],
  ['a comment inside of a string', `select '-- {"user":"@x"}'`, undefined],
  ['a comment that is never closed', `${query} /* {"app": "dbt"}`, undefined],
  ['no text at all', '', undefined],
]

describe('the comments of tools', () => {
  it.each(samples)('tell what %s has to say', (_what, sql, expected) => {
    const claim = first(sql)
    if (expected === undefined) expect(claim).toBeUndefined()
    else expect(claim).toMatchObject(expected)
    if (expected !== undefined && expected.claimed === undefined) expect(claim?.claimed).toBeUndefined()
    if (expected?.facts !== undefined) expect(claim?.facts).toEqual(expected.facts)
  })

  it('count as outermost only where the tool itself puts them', () => {
    const forged = '-- Metabase:: userID: 1 queryType: native'
    const own = '-- Metabase:: userID: 39 queryType: native'
    expect(readClaims({ data: { sql: `${own}\n${forged}\n${query}\n${forged}` } })).toMatchObject([
      { claimed: { id: '39' }, isOutermost: true },
      { claimed: { id: '1' }, isOutermost: false },
      { claimed: { id: '1' }, isOutermost: false },
    ])
    const mode = (email: string): string => `-- {"user":"@x","email":"${email}","url":"https://mode.com/a"}`
    expect(
      first(`${mode('boss@acme.com')}\n${query}\n${mode('boss@acme.com')}\n${mode('ann@acme.com')}`),
    ).toMatchObject({ claimed: { email: 'ann@acme.com' }, isOutermost: true })
  })

  it('are found by the lexical rules of the dialect', () => {
    const hash = `# Metabase:: userID: 39\n${query}`
    expect(first(hash, 'mysql')).toMatchObject({ claimed: { id: '39' } })
    expect(first(hash, 'postgres')).toBeUndefined()
    const string = String.raw`select '\'' -- Hex query metadata: {"user_email": "ann@acme.com", "x": "'"}`
    expect(first(string, 'bigquery')).toMatchObject({ tool: 'hex' })
    for (const odd of ['constructor', '__proto__', 'nonsense', '']) {
      expect(first(`-- Metabase:: userID: 39\n${query}`, odd)).toMatchObject({ claimed: { id: '39' } })
    }
  })

  it('lose values that are too long or have control characters, and keep the others', () => {
    const long = 'x'.repeat(claimLimits.valueUnitsMax + 1)
    expect(first(`-- Metabase:: userID: ${long} queryType: native\n${query}`)).toEqual({
      tool: 'metabase',
      form: 'metabase',
      facts: { queryType: 'native' },
      isOutermost: true,
    })
    expect(first(`${query} /*user_id='a%00b',action='show'*/`)).toMatchObject({ facts: { action: 'show' } })
    expect(first(`${query} /*user_id='a%00b',action='show'*/`)?.claimed).toBeUndefined()
    const longer = `-- Metabase:: userID: 39 ${'x'.repeat(claimLimits.commentUnitsMax)}\n${query}`
    expect(first(longer)).toBeUndefined()
  })

  it('with keys of the prototype change nothing', () => {
    const hostile = `/* {"app":"dbt","__proto__":{"node_id":"x"},"constructor":1} */ ${query}`
    expect(first(hostile)).toEqual({ tool: 'dbt', form: 'dbt', isOutermost: true })
    first(`${query} /*__proto__='x',constructor='y',toString='z'*/`)
    expect(Object.keys({}.constructor.prototype)).toEqual([])
    expect(({} as Record<string, unknown>)['node_id']).toBeUndefined()
  })

  it.each<[string, EventData, Partial<ToolClaim> | undefined]>([
    ['a QUERY_TAG of dbt', { queryTag: '{"app":"dbt","node_id":"model.a.b"}' }, { form: 'dbt' }],
    [
      'a QUERY_TAG of Sigma',
      { queryTag: '{"sourceUrl":"https://x.test/","request-id":"1","email":"a@b.c"}' },
      { form: 'sigma', claimed: { email: 'a@b.c' } },
    ],
    [
      'a QUERY_TAG as an object',
      { queryTag: { application: 'Loader', user: 'ann@acme.com' } },
      { tool: 'loader', claimed: { email: 'ann@acme.com' } },
    ],
    ['a QUERY_TAG that is any text', { queryTag: 'nightly' }, undefined],
    [
      'labels of Looker',
      { labels: { 'looker-context-user_id': '12', 'looker-context-history_slug': 'ab' } },
      { form: 'looker', claimed: { id: '12' } },
    ],
    [
      'labels as a list',
      { labels: [{ key: 'dbt_version', value: '1_9' }, { key: 'node_id', value: 'model_a_b' }, 7] },
      { form: 'dbt', facts: { model: 'model_a_b' } },
    ],
    [
      'a log_comment',
      { logComment: 'Username: ann@acme.com, query_id: 1, Query Hash: 3c' },
      { form: 'redash' },
    ],
    ['a log_comment that is a number', { logComment: 7 }, undefined],
  ])('are read from %s', (_what, data, expected) => {
    const [claim] = readClaims({ data })
    if (expected === undefined) expect(claim).toBeUndefined()
    else expect(claim).toMatchObject({ ...expected, isOutermost: true })
  })

  it('of a form that only an admin knows are read by the pattern of the admin', () => {
    const pattern = readCommentPattern(String.raw`^\[(?:SQL LAB|DASHBOARD (?<dashboard>\d+))\] (?<id>\S+)`)
    const ownForm = { tool: 'superset', pattern }
    const claims = readClaims({ data: { sql: `-- [DASHBOARD 7] ann 2026-11-22\n${query}` } }, ownForm)
    expect(claims).toEqual([
      {
        tool: 'superset',
        form: 'pattern',
        claimed: { id: 'ann' },
        facts: { dashboard: '7' },
        isOutermost: true,
      },
    ])
    expect(readClaims({ data: { sql: `${query}\n-- [SOMETHING] ann` } }, ownForm)).toEqual([])
  })
})

describe('any text at all', () => {
  const pieces = fc.constantFrom(
    '-- ',
    '/* ',
    ' */',
    '\n',
    ' Metabase:: userID: ',
    'Looker Query Context \'{"user_id":',
    '{"app": "dbt", "node_id": "',
    '"}',
    'Username: ',
    ', Query Hash: ',
    'Hex query metadata: {',
    '"user_email":"',
    'Sigma Σ {',
    "a='",
    "',",
    '%40',
    '\\',
    '\u0000',
    '\ud800',
    "'",
    '"',
    'select 1',
    ';',
    '#',
    '__proto__',
    'https://',
    'javascript:',
    '$$',
  )
  const text = fc
    .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 30 })
    .map((parts) => parts.join(''))
  const pattern = readCommentPattern('(?<name>.*)(?<id>.+)')

  it('never throws, and every value is one bounded line', () => {
    fc.assert(
      fc.property(
        text,
        fc.jsonValue(),
        fc.constantFrom('postgres', 'mysql', 'bigquery', 'tsql', 'x'),
        (sql, tag, dialect) => {
          const data = { sql, dialect, queryTag: tag, labels: tag, logComment: sql } as EventData
          for (const claim of readClaims({ data }, { tool: 'own', pattern })) {
            const values = [
              claim.tool,
              ...Object.values(claim.claimed ?? {}),
              ...Object.values(claim.facts ?? {}),
            ]
            for (const value of values) {
              if (typeof value === 'boolean') continue
              expect(value.length).toBeLessThanOrEqual(claimLimits.linkUnitsMax)
              expect(value).not.toMatch(/\p{Cc}/u)
              expect(value.isWellFormed() && value.trim() === value && value !== '').toBe(true)
            }
            for (const link of [claim.facts?.link, claim.facts?.notebook]) {
              if (link !== undefined) expect(link).toMatch(/^https?:\/\//)
            }
          }
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('takes time that grows with its length alone', () => {
    for (const piece of [
      '/*',
      '-- {"',
      "a='",
      '{"a":',
      '" : ',
      ', Username: ',
      "/*a='%',",
      '\\',
      ';\n',
      '*/ ',
    ]) {
      const sql = `-- ${piece.repeat(200_000 / piece.length)}\n select 1 /* ${piece.repeat(100_000 / piece.length)} */`
      const start = performance.now()
      readClaims({ data: { sql, queryTag: sql } }, { tool: 'own', pattern })
      expect(performance.now() - start).toBeLessThan(1000)
    }
  })
})
