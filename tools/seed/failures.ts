import type { Outcome } from '@aleph-audit-log/domain/event'
import type { QueryTemplate } from './query-template.ts'
import type { Random } from './random.ts'

/** How a statement that did not succeed ended. `sql` is what was really sent, of the same length. */
export type Failure = {
  code: string
  message: string
  outcome: Exclude<Outcome, 'success'>
  durationMs?: number
  sql?: string
}

type Context = {
  template: QueryTemplate
  sql: string
  random: Random
  timeoutMs: number
  /** People type and ask for too much; programs do neither. */
  byHand: boolean
}

const lastName = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

/** PostgreSQL's SQLSTATE codes (appendix A of its manual) with its own words; undefined where it does not fit. */
const postgresFailures: ((context: Context) => Failure | undefined)[] = [
  ({ template, byHand }) => {
    const [table] = template.tables
    if (!table || !byHand) return undefined
    return {
      code: '42501',
      message: `permission denied for table ${lastName(table.name)}`,
      outcome: 'denied',
    }
  },
  ({ sql, byHand }) => {
    const typed = sql.replace(/\bfrom\b/, 'form').replace(/\bFROM\b/, 'FORM')
    if (typed === sql || !byHand) return undefined
    const next = /\bform\s+(\S+)/i.exec(typed)?.[1] ?? 'form'
    return {
      code: '42601',
      message: `syntax error at or near "${next}"`,
      outcome: 'failure',
      durationMs: 0.2,
      sql: typed,
    }
  },
  ({ sql, byHand }) => {
    const typed = sql.replace(/\bcustomer_id\b/, 'custmoer_id')
    if (typed === sql || !byHand) return undefined
    return {
      code: '42703',
      message: 'column "custmoer_id" does not exist',
      outcome: 'failure',
      durationMs: 0.4,
      sql: typed,
    }
  },
  ({ template, timeoutMs, random }) => {
    if (template.durationMs < 200) return undefined
    return {
      code: '57014',
      message: 'canceling statement due to statement timeout',
      outcome: 'failure',
      durationMs: timeoutMs + random.fraction() * 20,
    }
  },
  ({ template }) => {
    const written = template.tables.find((table) => table.access === 'write')
    if (!written || !/^\s*insert/i.test(template.text)) return undefined
    const name = lastName(written.name)
    return {
      code: '23505',
      message: `duplicate key value violates unique constraint "${name}_pkey"`,
      outcome: 'failure',
    }
  },
  ({ template }) =>
    template.kind === 'write'
      ? { code: '40P01', message: 'deadlock detected', outcome: 'failure', durationMs: 1004 }
      : undefined,
  ({ template }) =>
    template.kind === 'ddl'
      ? {
          code: '55P03',
          message: 'canceling statement due to lock timeout',
          outcome: 'failure',
          durationMs: 5002,
        }
      : undefined,
]

/** BigQuery's reasons (the error table of its manual). */
const bigqueryFailures: ((context: Context) => Failure | undefined)[] = [
  ({ template }) => {
    const [table] = template.tables
    if (!table) return undefined
    const message = `Access Denied: Table ${table.name.replace('.', ':')}: User does not have permission to query table ${table.name.replace('.', ':')}, or perhaps it does not exist.`
    return { code: 'accessDenied', message, outcome: 'denied' }
  },
  () => ({
    code: 'resourcesExceeded',
    message:
      'Resources exceeded during query execution: The query could not be executed in the allotted memory.',
    outcome: 'failure',
  }),
]

/** How this run fails, in a way that its statement can; undefined where none fits. */
export function chooseFailure(context: Context): Failure | undefined {
  const all = context.template.database === 'lake' ? bigqueryFailures : postgresFailures
  const fitting = all.flatMap((make) => make(context) ?? [])
  return fitting.length === 0 ? undefined : context.random.pick(fitting)
}
