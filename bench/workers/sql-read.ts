import { SqlReader } from '../../packages/domain/src/sql/sql-reader.ts'
import { limits } from '../../packages/server/src/config.ts'
import { answerRequests } from '../worker.ts'

export type SqlReadRequest = { shapes: number; statements: number }
/** CPU time of the whole process: the reader has one thread, the garbage collector may have another. */
export type SqlReadResult = { firstSeenMs: number[]; statementsPerSecond: number }

const schemas = ['sales', 'crm', 'finance', 'ops', 'web', 'hr']
const tables = ['orders', 'order_items', 'customers', 'invoices', 'page_views', 'shipments', 'refunds']
const columns = ['id', 'status', 'region', 'amount', 'currency', 'customer_id', 'channel', 'sku', 'country']

/** Statements of this shape differ in their literals alone: reports with a join, a subquery and some conditions. */
function makeStatement(shape: number, run: number): string {
  const pick = (list: readonly string[], salt: number): string =>
    list[(shape * 31 + salt * 17) % list.length] ?? ''
  const from = `${pick(schemas, 1)}.${pick(tables, 2)}_${shape % 97}`
  const conditions = Array.from(
    { length: 1 + (shape % 5) },
    (_, i) => `t.${pick(columns, i)} ${i % 2 === 0 ? '=' : '<>'} '${(run * 7919 + i).toString(36)}'`,
  )
  return `SELECT t.${pick(columns, 3)}, count(*) AS n${shape}, sum(j.amount) FROM ${from} AS t
    LEFT JOIN ${pick(schemas, 4)}.${pick(tables, 5)} AS j ON j.customer_id = t.customer_id
    WHERE ${conditions.join(' AND ')} AND t.id IN (${[run, run + 1, run + 2].join(', ')})
      AND t.created_at >= '2026-${10 + (run % 3)}-01'
      AND EXISTS (SELECT 1 FROM ${pick(schemas, 6)}.${pick(tables, 7)} AS e WHERE e.id = t.id AND e.amount > ${run})
    GROUP BY 1 ORDER BY n${shape} DESC LIMIT ${10 + (run % 90)}`
}

answerRequests(async ({ shapes, statements }: SqlReadRequest): Promise<SqlReadResult> => {
  const reader = new SqlReader(limits.sqlReader)
  const firstSeenMs: number[] = []
  for (let shape = 0; shape < shapes; shape++) {
    const text = makeStatement(shape, shape)
    const startMs = performance.now()
    const { statement } = reader.read(text, 'postgres')
    firstSeenMs.push(performance.now() - startMs)
    if (!statement.parsed || statement.tables.length < 2) throw new Error(`not read: ${text}`)
  }
  // Made beforehand: making them is nobody's time.
  const texts = Array.from({ length: statements }, (_, i) => makeStatement((i * 7) % shapes, i))
  const before = process.cpuUsage()
  for (const text of texts) reader.read(text, 'postgres')
  const { user, system } = process.cpuUsage(before)
  return { firstSeenMs, statementsPerSecond: statements / ((user + system) / 1e6) }
})
