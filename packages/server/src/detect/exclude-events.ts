import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'

/**
 * The rules, of which one does not look at the events that a filter finds. A correlation gets rules of its own to look at,
 * so that others which look at the same ones see all of their events.
 */
export function excludeEvents(rules: readonly Rule[], id: string, excluded: Filter): Rule[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  const added: Rule[] = []
  const narrow = (rule: Rule, idOf: (id: string) => string): Rule => {
    const { condition } = rule
    if (condition.kind !== 'correlation') {
      const filter: Filter = { kind: 'and', terms: [condition.filter, { kind: 'not', term: excluded }] }
      return { ...rule, id: idOf(rule.id), condition: { ...condition, filter } }
    }
    const correlated = condition.rules.map((one) => {
      const inner = byId.get(one.id)
      if (inner === undefined) return one
      const copy = narrow({ ...inner, isShown: false }, (innerId) => `${innerId} of ${id}`)
      if (!added.some((known) => known.id === copy.id)) added.push(copy)
      return { ...one, id: copy.id }
    })
    return { ...rule, id: idOf(rule.id), condition: { ...condition, rules: correlated } }
  }
  const narrowed = rules.map((rule) => (rule.id === id ? narrow(rule, (own) => own) : rule))
  return [...narrowed, ...added]
}
