import { isAuditError } from '../../error.ts'
import type { Filter } from '../../filter/filter.ts'
import { parseFilter } from '../../filter/parse-filter.ts'
import { printFilter } from '../../filter/print-filter.ts'
import { ruleLimits } from '../rule.ts'
import type { NoteFault } from './faults.ts'
import { oneOf } from './filter-terms.ts'
import { findNameFault, readCondition } from './read-condition.ts'
import { readSearch } from './read-search.ts'
import { readTexts, type MapNode } from './rule-node.ts'

/** Lists of conditions are joined: a rule is one search. */
const conditionsMax = 20

/** What a detection finds, as a search; undefined where it has a fault, which is noted. */
export function readDetection(detection: MapNode, note: NoteFault): Filter | undefined {
  const searches = new Map<string, Filter | undefined>()
  for (const [name, { key, value }] of detection.entries) {
    if (name === 'condition') continue
    if (name === 'timeframe') {
      note(key, 'timeframe is that of old Sigma: write a correlation with a timespan.')
      continue
    }
    const fault = findNameFault(name)
    if (fault !== undefined) note(key, fault)
    searches.set(name, readSearch(name, value, note))
  }
  const condition = detection.entries.get('condition')
  if (condition === undefined) return note(detection, 'detection needs a condition.')
  const limits = { unitsMax: ruleLimits.textUnitsMax, itemsMax: conditionsMax, one: true } as const
  const conditions = readTexts(detection, 'condition', limits, note)
  const filters = conditions
    .map((text) => readCondition(text, searches, note))
    .filter((one) => one !== undefined)
  if (filters.length === 0 || filters.length < conditions.length) {
    return condition.value.kind === 'list' && condition.value.items.length === 0
      ? note(condition.value, 'detection needs a condition.')
      : undefined
  }
  const filter = oneOf(filters)
  const fault = findSearchFault(filter)
  return fault === undefined ? filter : note(detection, fault)
}

/** A rule is also looked at as a search on the page, so it is no longer and no deeper than one. */
function findSearchFault(filter: Filter): string | undefined {
  try {
    parseFilter(printFilter(filter))
    return undefined
  } catch (error) {
    if (!isAuditError(error, 'invalid')) throw error
    return `As a search this is too much: ${error.problems[0]?.message ?? error.message}`
  }
}
