import { ruleLimits, type EventField, type RuleCondition } from '../rule.ts'
import { findSummaryFaults } from '../summarize.ts'
import { placeWithin, type NoteFault } from './faults.ts'
import { readEventField } from './rule-fields.ts'
import { checkKeys, readMap, readText, readTexts, type MapNode, type TextNode } from './rule-node.ts'

/** How a rule is told; `summary` is undefined where the title is. */
export type RuleAlert = { groupBy: readonly EventField[]; summary: string | undefined }

/** The sentence of an alert. */
const summaryUnitsMax = 500

export function readAlert(map: MapNode, condition: RuleCondition | undefined, note: NoteFault): RuleAlert {
  const alert = readMap(map, 'alert', note)
  if (alert === undefined) return { groupBy: [], summary: undefined }
  const isCorrelation = map.entries.has('correlation')
  checkKeys(alert, 'alert', ['group-by', 'summary'], note)
  const group = alert.entries.get('group-by')
  if (isCorrelation && group !== undefined)
    note(group.key, 'The group-by of a correlation stands under correlation.')
  const groupBy = isCorrelation ? [] : readFields(readGroupBy(alert, note), note)
  const summary = readText(alert, 'summary', summaryUnitsMax, note)
  if (summary !== undefined && condition !== undefined) {
    for (const { start, end, message } of findSummaryFaults(summary.value, condition)) {
      note(placeWithin(summary, summary.value, start, end), message)
    }
  }
  return { groupBy, summary: summary?.value }
}

/** The names at `group-by`. */
export function readGroupBy(map: MapNode, note: NoteFault): TextNode[] {
  const limits = { unitsMax: ruleLimits.titleUnitsMax, itemsMax: ruleLimits.groupByMax }
  return readTexts(map, 'group-by', limits, note)
}

/** The fields of these names; those with a fault are left out. */
export function readFields(names: readonly TextNode[], note: NoteFault): EventField[] {
  return names.flatMap((name) => readField(name, note) ?? [])
}

export function readField(name: TextNode, note: NoteFault): EventField | undefined {
  const field = readEventField(name.value)
  return 'fault' in field ? note(name, field.fault, field.suggestion) : field.value
}
