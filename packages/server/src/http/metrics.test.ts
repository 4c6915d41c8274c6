import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMetrics, type MetricSources } from './metrics.ts'

test('the manual has a row for each metric of the product, with its meaning', async () => {
  const manual = readFileSync(join(import.meta.dirname, '../../../../docs/operations.md'), 'utf8')
  const rows = manual
    .split('\n')
    .flatMap((line) => /^\| `(audit_\w+)` \| (.+) \|$/.exec(line)?.slice(1, 3).join(': ') ?? [])
  // Nothing is read before somebody asks for the numbers.
  const { registry } = createMetrics({} as MetricSources)
  const metrics = registry
    .getMetricsAsArray()
    .flatMap(({ name, help }) => (name.startsWith('audit_') ? [`${name}: ${help}`] : []))
  expect(rows.sort()).toEqual(metrics.sort())
})
