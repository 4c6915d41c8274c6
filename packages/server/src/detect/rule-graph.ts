import type { EventField, Rule } from '@aleph-audit-log/domain/detect/rule'
import { fieldNamesIn } from '@aleph-audit-log/domain/detect/summarize'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import type { Micros } from './times.ts'

/** A rule among the others: `edges` lead to the correlations that look at what it finds. */
export type RuleNode = {
  rule: Rule
  edges: Edge[]
  /** Fields whose values a summary may name: its own, or one of a correlation above it. */
  summaryFields: readonly EventField[]
}

/** What `from` finds is the `place`th rule of the correlation `to`. */
export type Edge = {
  to: RuleNode
  place: number
  groupBy: readonly EventField[]
  field: EventField | undefined
}

/** A rule that looks at events themselves. */
export type LeafNode = RuleNode & { filter: Filter }

/** Correlations that look at each other, with the rules below them. */
export type Component = {
  correlations: ReadonlySet<RuleNode>
  leaves: readonly LeafNode[]
  /** The longest time that lies between two events of something that is found. */
  span: Micros
}

export type RuleGraph = { leaves: LeafNode[]; components: Component[] }

/**
 * Puts rules together. Rules that a correlation names and that are not among them find nothing; `linkRules` has told
 * that. A rule that shows nothing and that nobody looks at is left out.
 */
export function createRuleGraph(rules: readonly Rule[]): RuleGraph {
  const nodes = new Map<string, RuleNode>(
    shareGroupBy(rules).map((rule) => [rule.id, { rule, edges: [], summaryFields: [] }]),
  )
  for (const to of nodes.values()) {
    const { condition } = to.rule
    if (condition.kind !== 'correlation') continue
    for (const [place, { id, groupBy }] of condition.rules.entries()) {
      const field = condition.type === 'value_count' ? condition.field : undefined
      nodes.get(id)?.edges.push({ to, place, groupBy, field })
    }
  }
  for (const node of nodes.values()) node.summaryFields = summaryFieldsOf(node)
  const leaves = [...nodes.values()].flatMap((node): LeafNode[] => {
    const { condition, isShown } = node.rule
    if (condition.kind === 'correlation' || (!isShown && node.edges.length === 0)) return []
    return [Object.assign(node, { filter: condition.filter })]
  })
  return { leaves, components: componentsOf([...nodes.values()], leaves) }
}

/** Equal lists become the same one, by which what was looked up is found again. */
function shareGroupBy(rules: readonly Rule[]): Rule[] {
  const lists = new Map<string, readonly EventField[]>()
  return rules.map((rule) => {
    const text = JSON.stringify(rule.groupBy)
    const groupBy = lists.get(text) ?? rule.groupBy
    lists.set(text, groupBy)
    return { ...rule, groupBy }
  })
}

const namedFields: readonly EventField[] = [
  ...(['person', 'actor_id', 'name', 'email', 'type', 'outcome', 'source', 'database', 'login'] as const),
  ...(['tool', 'application', 'session', 'ip', 'network', 'kind', 'fingerprint'] as const),
  ...(['table', 'flag', 'target', 'tag', 'policy'] as const),
]

function summaryFieldsOf(node: RuleNode): EventField[] {
  const names = new Set<string>()
  const add = ({ rule, edges }: RuleNode): void => {
    if (rule.isShown) for (const name of fieldNamesIn(rule.summary)) names.add(name)
    for (const { to } of edges) add(to)
  }
  add(node)
  return [...names].flatMap((name): EventField[] => {
    if (name.startsWith('data.')) return [{ path: name.slice('data.'.length).toLowerCase() }]
    return namedFields.filter((field) => field === name)
  })
}

function componentsOf(nodes: readonly RuleNode[], leaves: readonly LeafNode[]): Component[] {
  const correlations = nodes.filter(({ rule }) => rule.condition.kind === 'correlation')
  const componentOf = new Map(correlations.map((node) => [node, new Set([node])]))
  for (const node of correlations) {
    for (const { to } of node.edges) {
      const [one, other] = [componentOf.get(node), componentOf.get(to)]
      if (one === undefined || other === undefined || one === other) continue
      for (const member of other) {
        one.add(member)
        componentOf.set(member, one)
      }
    }
  }
  return [...new Set(componentOf.values())].map((members) => ({
    correlations: members,
    leaves: leaves.filter(({ edges }) => edges.some(({ to }) => members.has(to))),
    span: Math.max(...[...members].map(spanFrom)),
  }))
}

/** Together with the correlations above it. */
function spanFrom({ rule, edges }: RuleNode): Micros {
  const own = rule.condition.kind === 'correlation' ? rule.condition.timespanMs * 1000 : 0
  return own + Math.max(0, ...edges.map(({ to }) => spanFrom(to)))
}
