import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import type { Position } from '@aleph-audit-log/domain/event'
import { createEvaluator } from './evaluator.ts'
import type { Hit } from './hit.ts'
import type { History } from './history.ts'
import type { JudgedEvent } from './judged-event.ts'
import type { RuleChange } from './rule-change.ts'

export type ChangingEvent = { event: JudgedEvent; change: RuleChange | undefined }

/**
 * What the changes of rules among these events are to the rules as they were before them: who switches off a rule that
 * watches the rules is found by it. `events` are a batch in the order of positions, `upTo` the positions before it, and
 * `known` what the rules as they are now have found of it, which is not told again. `rulesBefore` gives the rules as they
 * were before some changes, each rule as the last one of them says.
 */
export async function judgeRuleChanges(
  events: readonly ChangingEvent[],
  options: {
    rulesBefore: (changes: readonly RuleChange[]) => readonly Rule[]
    history: History
    upTo: readonly Position[]
    known: readonly Hit[]
  },
): Promise<{ hits: Hit[]; rules: Rule[] }> {
  const told = new Set(options.known.map(keyOf))
  const found: { hits: Hit[]; rules: Rule[] } = { hits: [], rules: [] }
  const undone: RuleChange[] = []
  for (const [place, { event, change }] of [...events.entries()].reverse()) {
    if (change === undefined) continue
    // Later ones are undone as well; of two changes of a rule the earlier one says how it was.
    undone.push(change)
    const rules = rulesAround(options.rulesBefore(undone), new Set(undone.map(({ ruleId }) => ruleId)))
    const evaluator = createEvaluator({ rules, history: options.history })
    const upToHere = events.slice(0, place + 1).map((one) => one.event)
    const { hits } = await evaluator.judge(upToHere, options.upTo)
    const fresh = hits.filter((hit) => hit.event.id === event.searchable.id && !told.has(keyOf(hit)))
    for (const hit of fresh) told.add(keyOf(hit))
    found.hits.unshift(...fresh)
    found.rules.push(...rules)
  }
  return found
}

function keyOf({ rule, group, event }: Hit): string {
  return JSON.stringify([rule.id, group, event.id])
}

/** Rules that changed, correlations over them, and what these look at, which are told of by the others. */
function rulesAround(rules: readonly Rule[], changed: ReadonlySet<string>): Rule[] {
  const above = new Set(changed)
  const looksAt = ({ condition }: Rule, ids: ReadonlySet<string>): boolean =>
    condition.kind === 'correlation' && condition.rules.some(({ id }) => ids.has(id))
  for (let size = 0; size < above.size;) {
    size = above.size
    for (const rule of rules) if (looksAt(rule, above)) above.add(rule.id)
  }
  const needed = new Set(above)
  for (let size = 0; size < needed.size;) {
    size = needed.size
    for (const { id, condition } of rules) {
      if (needed.has(id) && condition.kind === 'correlation')
        for (const one of condition.rules) needed.add(one.id)
    }
  }
  return rules
    .filter(({ id }) => needed.has(id))
    .map((rule) => (above.has(rule.id) ? rule : { ...rule, isShown: false }))
}
