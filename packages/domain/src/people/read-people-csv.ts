import { changePersonRequestSchema, peopleLimits, type ChangePersonRequest } from '../api/people.ts'
import { formatPath, type Problem } from '../error.ts'
import { splitCsv } from './split-csv.ts'

/** A row of the file: what it says about one person, and the line that it begins on. */
export type PersonRow = { line: number; emails: string[]; change: ChangePersonRequest & { name: string } }

export type ReadPeopleCsv = { rows: PersonRow[]; problems: Problem[] }

const columns = ['name', 'email', 'logins', 'tool_ids', 'groups', 'left_on', 'note'] as const
type Column = (typeof columns)[number]

/** What the column is called in the API. */
const fields: Record<Column, keyof ChangePersonRequest> = {
  name: 'name',
  email: 'emails',
  logins: 'logins',
  tool_ids: 'toolIds',
  groups: 'groups',
  left_on: 'leftOn',
  note: 'note',
}
const lists: ReadonlySet<Column> = new Set(['email', 'logins', 'tool_ids', 'groups'])

/**
 * Reads a CSV file of people with a header: `name` and `email` must be there, the others may; a column that is not
 * there leaves what is known as it is, an empty cell takes it away. Several values of a cell stand behind each other
 * with `;`. Every fault is told with its line; with any fault the rows are not to be used.
 */
export function readPeopleCsv(text: string): ReadPeopleCsv {
  const { records, problems: broken } = splitCsv(text)
  const [header, ...body] = records
  if (broken.length > 0) return { rows: [], problems: broken }
  if (header === undefined) return { rows: [], problems: [{ path: 'line 1', message: 'has no header' }] }
  const names = header.cells.map((cell) => cell.trim().toLowerCase())
  const problems = headerProblems(names)
  if (problems.length > 0) return { rows: [], problems }
  if (body.length > peopleLimits.importRowsMax) {
    const message = `has more than ${peopleLimits.importRowsMax} people; import them from several files`
    return { rows: [], problems: [{ path: '', message }] }
  }
  const rows: PersonRow[] = []
  const seen = new Map<string, number>()
  for (const { line, cells } of body) {
    const row = readRow(line, cells, names as Column[])
    if ('problems' in row) problems.push(...row.problems)
    else {
      for (const email of row.emails) {
        const before = seen.get(email)
        if (before !== undefined)
          problems.push({
            path: `line ${line}`,
            message: `has ${email}, which stands in line ${before} as well`,
          })
        seen.set(email, line)
      }
      rows.push(row)
    }
  }
  return { rows, problems }
}

function headerProblems(names: readonly string[]): Problem[] {
  const problems: Problem[] = []
  const add = (message: string): void => void problems.push({ path: 'line 1', message })
  for (const needed of ['name', 'email']) if (!names.includes(needed)) add(`has no column ${needed}`)
  for (const [i, name] of names.entries()) {
    if (!(columns as readonly string[]).includes(name)) {
      add(`has a column "${name.slice(0, 100)}"; known are ${columns.join(', ')}`)
    } else if (names.indexOf(name) !== i) add(`has two columns ${name}`)
  }
  return problems
}

function readRow(
  line: number,
  cells: readonly string[],
  names: readonly Column[],
): PersonRow | { problems: Problem[] } {
  const path = `line ${line}`
  if (cells.length !== names.length) {
    const message = `has ${cells.length} values; the header has ${names.length} columns`
    return { problems: [{ path, message }] }
  }
  const wanted: Partial<Record<keyof ChangePersonRequest, string | string[]>> = {}
  for (const [i, name] of names.entries()) {
    const cell = cells[i] ?? ''
    wanted[fields[name]] = lists.has(name) ? splitCell(cell) : cell.trim()
  }
  const parsed = changePersonRequestSchema.safeParse(wanted)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      path,
      message: `${columnOf(issue.path)} ${issue.message}`,
    }))
    return { problems }
  }
  const { name, emails = [] } = parsed.data
  if (emails.length === 0) return { problems: [{ path, message: 'email must not be empty' }] }
  return { line, emails, change: { ...parsed.data, name: name ?? '' } }
}

function splitCell(cell: string): string[] {
  return cell
    .split(';')
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

function columnOf([field]: readonly PropertyKey[]): string {
  return columns.find((column) => fields[column] === field) ?? formatPath([field ?? ''])
}
