import { AuditError } from '@aleph-audit-log/domain/error'
import { toProblems } from '@aleph-audit-log/domain/event'
import type * as z from 'zod'

/** Unknown input as what the schema describes. Throws AuditError('invalid') with the path of every fault. */
export function readInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new AuditError('invalid', 'The request is not valid.', { problems: toProblems(parsed.error, '') })
}
