import { readDbtManifest } from '@aleph-audit-log/domain/policy/read-dbt-manifest'
import { expect, test } from 'vitest'
import { slimManifest } from './slim-manifest.ts'

const manifest = JSON.stringify({
  nodes: {
    'model.shop.a': {
      resource_type: 'model',
      relation_name: '"prod"."mart"."orders"',
      raw_code: 'x'.repeat(10_000),
      tags: ['nightly'],
      meta: { tags: ['pii'], owner: 'ann' },
      config: { meta: { tags: 'secret' }, tags: ['daily'] },
      columns: { email: { name: 'email', meta: { tags: ['contact'] }, description: 'y'.repeat(1000) } },
    },
    'model.shop.b': { resource_type: 'model', config: { materialized: 'ephemeral' }, name: 'b', tags: ['x'] },
  },
  sources: {
    'source.shop.c': {
      resource_type: 'source',
      database: 'prod',
      schema: 'raw',
      identifier: 'c',
      tags: ['raw'],
    },
  },
  macros: { big: 'z'.repeat(10_000) },
})

test('a manifest without what tells no tags tells the same tags', () => {
  const slim = slimManifest(manifest)
  expect(slim.length).toBeLessThan(2000)
  expect(readDbtManifest(slim)).toEqual(readDbtManifest(manifest))
  expect(readDbtManifest(slim).rules.length).toBe(3)
})

test('what is no manifest is left for the server to refuse', () => {
  for (const text of ['', '[]', 'null', '{"a":1}']) expect(slimManifest(text)).toBe(text)
})
