import type { EnrichedEvent, EventData } from '../../event.ts'
import type { Filter } from '../../filter/filter.ts'
import { matchesFilter } from '../../filter/match-filter.ts'
import { parseFilter } from '../../filter/parse-filter.ts'
import { printFilter } from '../../filter/print-filter.ts'
import { toSearchableEvent } from '../../searchable-event.ts'
import { readRules, type ReadRule } from '../read-rules.ts'

/** Five lines: what stands behind it begins with line 6. */
export const header = `title: A rule
id: 0e95725d-7320-415d-80f7-004da920fc11
name: a_rule
level: high
status: stable
`

/** The only rule of a text without faults. */
export function readOne(text: string): ReadRule {
  const { rules, problems } = readRules(text)
  const [rule] = rules
  if (problems.length > 0 || rule === undefined || rules.length > 1) {
    throw new Error(`${rules.length} rules, and ${JSON.stringify(problems)}`)
  }
  return rule
}

/** What a `detection` finds. Each is also a search of the search language, which is held here. */
export function readFilter(detection: string): Filter {
  const { condition } = readOne(`${header}detection:\n${detection.replaceAll(/^/gm, '  ')}`)
  if (condition.kind !== 'events') throw new Error(condition.kind)
  const printed = printFilter(condition.filter)
  const again = parseFilter(printed)
  if (JSON.stringify(again) !== JSON.stringify(condition.filter)) {
    throw new Error(`${printed} is ${JSON.stringify(again)}, not ${JSON.stringify(condition.filter)}`)
  }
  return condition.filter
}

/** What a search with these fields alone finds. */
export function readSelection(selection: string): Filter {
  return readFilter(`selection:\n${selection.replaceAll(/^/gm, '  ')}\ncondition: selection`)
}

/** The faults of a text as `line:column message`. */
export function faultsOf(text: string): string[] {
  return readRules(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

/** The faults of a selection, whose first line is line 8 of its text, from column 5 on. */
export function faultsOfSelection(selection: string): string[] {
  const text = `${header}detection:\n  selection:\n${selection.replaceAll(/^/gm, '    ')}\n  condition: selection\n`
  return faultsOf(text)
}

const plainEvent: EnrichedEvent = {
  id: '0193a5c0-7b1e-7000-8000-2f6d4c1b9a70',
  idFromSender: false,
  type: 'query',
  occurredAt: '2026-11-22T10:00:00.123456Z',
  receivedAt: '2026-11-22T10:00:01Z',
  workspaceId: 'w1',
  source: 'api',
  contentHash: '0'.repeat(32),
  actor: { type: 'user', id: 'U_7', name: 'Ann Lee', email: 'Ann@Acme.com' },
  outcome: 'success',
}

/** Whether a filter finds an event with this, and otherwise like `plainEvent`. */
export function finds(filter: Filter, event: Partial<EnrichedEvent>): boolean {
  return matchesFilter(filter, toSearchableEvent({ ...plainEvent, ...event }))
}

export function findsData(filter: Filter, data: EventData): boolean {
  return finds(filter, { data })
}
