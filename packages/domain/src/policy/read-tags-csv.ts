import { policyLimits, tagRuleSchema, type TagRuleInput } from '../api/policies.ts'
import type { Problem } from '../error.ts'
import { toProblems } from '../event.ts'
import { splitCsv } from '../people/split-csv.ts'

/** Rules of a file; with any problem they are not to be used. */
export type ReadTags = { rules: TagRuleInput[]; problems: Problem[] }

const columns: readonly string[] = ['table', 'column', 'tags']

/**
 * Reads a CSV file with the columns `table` (a name, or a pattern with `*`), `tags` (several with `;` between them) and,
 * if there are tags of columns, `column`. Every fault is told with its line.
 */
export function readTagsCsv(text: string): ReadTags {
  const { records, problems: broken } = splitCsv(text)
  const [header, ...body] = records
  if (broken.length > 0) return { rules: [], problems: broken }
  const names = header?.cells.map((cell) => cell.trim().toLowerCase()) ?? []
  const unknown = names.find((name, i) => !columns.includes(name) || names.indexOf(name) !== i)
  if (unknown !== undefined || !names.includes('table') || !names.includes('tags')) {
    const message = 'must name the columns table and tags, and may name column, each once'
    return { rules: [], problems: [{ path: 'line 1', message }] }
  }
  if (body.length > policyLimits.tagRulesMax) {
    const message = `has more than ${policyLimits.tagRulesMax} lines`
    return { rules: [], problems: [{ path: '', message }] }
  }
  const rules: TagRuleInput[] = []
  const problems: Problem[] = []
  for (const { line, cells } of body) {
    const cell = (name: string): string => cells[names.indexOf(name)]?.trim() ?? ''
    const tags = cell('tags')
      .split(';')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '')
    const column = cell('column')
    const rule = { pattern: cell('table'), ...(column === '' ? {} : { column }), tags }
    const parsed = tagRuleSchema.safeParse(rule)
    if (cells.length > names.length) problems.push({ path: `line ${line}`, message: 'has too many cells' })
    else if (parsed.success) rules.push(parsed.data)
    else {
      const faults = toProblems(parsed.error, '')
      problems.push(
        ...faults.map(({ path, message }) => ({ path: `line ${line}`, message: `${path} ${message}` })),
      )
    }
    if (problems.length >= problemsMax) break
  }
  return { rules, problems }
}

/** So many faults of a file are told. */
const problemsMax = 100
