import { policyLimits, tagRuleSchema } from '../api/policies.ts'
import type { Problem } from '../error.ts'
import { toProblems } from '../event.ts'
import type { ReadTags } from './read-tags-csv.ts'

/** Faults that are told of one manifest. */
const problemsMax = 100
/** What stands for a table or view in the warehouse. */
const relations: ReadonlySet<unknown> = new Set(['model', 'seed', 'snapshot', 'source'])

/**
 * Reads the tags of a dbt project from its `target/manifest.json` (v4 to v12): `tags`, `meta.tags` and `config.meta.tags`
 * of models, seeds, snapshots and sources under the names of their relations, and the same of their columns. What has no
 * relation, such as an ephemeral model, has no tags. Every fault is told with its node.
 */
export function readDbtManifest(text: string): ReadTags {
  let manifest: unknown
  try {
    manifest = JSON.parse(text)
  } catch {
    return { rules: [], problems: [{ path: '', message: 'is not JSON' }] }
  }
  const nodes = [...entriesOf(fieldOf(manifest, 'nodes')), ...entriesOf(fieldOf(manifest, 'sources'))]
  if (nodes.length === 0) {
    const message = 'has neither nodes nor sources: it is no manifest of dbt'
    return { rules: [], problems: [{ path: '', message }] }
  }
  const rules: ReadTags['rules'] = []
  const problems: Problem[] = []
  for (const [id, node] of nodes) {
    for (const rule of rulesOf(node)) {
      const parsed = tagRuleSchema.safeParse(rule)
      if (parsed.success) rules.push(parsed.data)
      else
        problems.push(
          ...toProblems(parsed.error, '').map(({ path, message }) => ({
            path: id.slice(0, 200),
            message: `${path} ${message}`,
          })),
        )
      if (problems.length >= problemsMax) return { rules, problems }
      if (rules.length > policyLimits.tagRulesMax) {
        const message = `has more than ${policyLimits.tagRulesMax} tables and columns with tags`
        return { rules: [], problems: [{ path: '', message }] }
      }
    }
  }
  return { rules, problems }
}

function rulesOf(node: unknown): { pattern: string; column?: string; tags: string[] }[] {
  const pattern = relations.has(fieldOf(node, 'resource_type')) ? relationOf(node) : undefined
  if (pattern === undefined) return []
  const tags = tagsOf(node)
  const columns = entriesOf(fieldOf(node, 'columns')).flatMap(([key, column]) => {
    const name = fieldOf(column, 'name')
    const ofColumn = tagsOf(column)
    return ofColumn.length === 0
      ? []
      : [{ pattern, column: typeof name === 'string' ? name : key, tags: ofColumn }]
  })
  return tags.length === 0 ? columns : [{ pattern, tags }, ...columns]
}

/** `"prod"."hr"."people"` as `prod.hr.people`. */
function relationOf(node: unknown): string | undefined {
  const relation = fieldOf(node, 'relation_name')
  if (typeof relation === 'string' && relation.trim() !== '')
    return relation.replaceAll(/["`[\]]/g, '').trim()
  if (relation === null || fieldOf(fieldOf(node, 'config'), 'materialized') === 'ephemeral') return undefined
  const name = [fieldOf(node, 'alias'), fieldOf(node, 'identifier'), fieldOf(node, 'name')].find(isText)
  const parts = [fieldOf(node, 'database'), fieldOf(node, 'schema'), name].filter(isText)
  return name === undefined ? undefined : parts.join('.')
}

function tagsOf(node: unknown): string[] {
  const config = fieldOf(node, 'config')
  const lists = [
    fieldOf(node, 'tags'),
    fieldOf(config, 'tags'),
    fieldOf(fieldOf(node, 'meta'), 'tags'),
    fieldOf(fieldOf(config, 'meta'), 'tags'),
  ]
  return [
    ...new Set(lists.flatMap((list): unknown[] => (Array.isArray(list) ? list : [list])).filter(isText)),
  ]
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

/** Own keys only: a manifest comes from somewhere else. */
function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string, unknown>)[key]
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
}
