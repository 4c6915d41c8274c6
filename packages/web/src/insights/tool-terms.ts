import type { ToolUsage } from '@aleph-audit-log/domain/api/insights'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'

/** Finds what came in exactly this way; a part that is missing is one, too. */
export function toolTerms({ tool, login, application }: ToolUsage): string[] {
  return [
    printTerm('tool', tool ?? ''),
    printTerm('login', login ?? ''),
    printTerm('application', application ?? ''),
  ]
}
