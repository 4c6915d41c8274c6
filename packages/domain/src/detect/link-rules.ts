import { nearestText } from '../filter/qualifiers.ts'
import type { ReadRule } from './read-rules.ts'
import { ruleLimits, type CorrelatedRule, type Rule } from './rule.ts'
import type { RuleProblem } from './sigma/faults.ts'

/** Rules in a chain of correlations, with the one that finds events itself. */
const chainRulesMax = 5

/** A fault of a rule beside others; its place is in the text of that rule. */
export type LinkProblem = RuleProblem & { ruleId: string }

/**
 * Looks up what correlations refer to, among all rules that run together. A rule is left out, and told why, that has the
 * id or the name of an earlier one, refers to a rule that is not there or is left out itself, stands in a circle or in too
 * long a chain, or is one too many. A correlation that is off (`isOn`) and that no other one needs hides nothing.
 */
export function linkRules(
  rules: readonly ReadRule[],
  isOn: (id: string) => boolean = () => true,
): { rules: Rule[]; problems: LinkProblem[] } {
  const links: Links = { byId: new Map(), byName: new Map(), chains: new Map(), problems: [] }
  const distinct = rules.filter((rule) => addRule(links, rule))
  const linked = distinct.filter((rule) => typeof measureChain(links, rule) === 'number')
  const hidden = findHidden(links, findRunning(links, linked, isOn))
  return {
    rules: linked.map(({ places: _places, place: _place, generates: _generates, ...rule }) => ({
      ...rule,
      isShown: !hidden.has(rule.id),
      condition:
        rule.condition.kind === 'correlation'
          ? { ...rule.condition, rules: rule.condition.rules.map((one) => toLinked(links, one)) }
          : rule.condition,
    })),
    problems: links.problems,
  }
}

type Links = {
  byId: Map<string, ReadRule>
  byName: Map<string, ReadRule>
  /** How many rules stand in the longest chain of a rule; `measuring` while they are counted. */
  chains: Map<string, number | 'measuring' | 'broken'>
  problems: LinkProblem[]
}

function note(
  { problems }: Links,
  rule: ReadRule,
  place: ReadRule['place'] | undefined,
  message: string,
  suggestion?: string,
): void {
  const what = { ...(place ?? rule.place), message, ruleId: rule.id }
  problems.push(suggestion === undefined ? what : { ...what, suggestion })
}

function addRule(links: Links, rule: ReadRule): boolean {
  const { byId, byName } = links
  const sameId = byId.get(rule.id)
  const sameName = rule.name === undefined ? undefined : byName.get(rule.name)
  if (sameId !== undefined) note(links, rule, undefined, `The rule "${sameId.title}" has the same id.`)
  else if (sameName !== undefined)
    note(links, rule, undefined, `The rule "${sameName.title}" has the same name.`)
  else if (byId.size >= ruleLimits.rulesMax) {
    note(links, rule, undefined, `There are at most ${ruleLimits.rulesMax} rules.`)
  } else {
    byId.set(rule.id, rule)
    if (rule.name !== undefined) byName.set(rule.name, rule)
    return true
  }
  return false
}

function findRule({ byId, byName }: Links, reference: string): ReadRule | undefined {
  return byId.get(reference.toLowerCase()) ?? byName.get(reference)
}

/** Recursion is as deep as there are rules, of which `rulesMax` were taken. */
function measureChain(links: Links, rule: ReadRule): number | 'measuring' | 'broken' {
  const { chains } = links
  const known = chains.get(rule.id)
  if (known !== undefined) return known
  if (rule.condition.kind !== 'correlation') {
    chains.set(rule.id, 1)
    return 1
  }
  chains.set(rule.id, 'measuring')
  const lengths = rule.condition.rules.map(({ id }, i, all) => {
    const place = rule.places[i]
    const target = findRule(links, id)
    if (target === undefined) {
      const known = [...links.byName.keys()]
      const nearest = nearestText(id, known)
      const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`
      note(links, rule, place, `There is no rule "${id}".${hint}`, nearest)
      return Infinity
    }
    if (all.findIndex((other) => findRule(links, other.id) === target) < i) {
      note(links, rule, place, `The rule "${target.title}" stands here twice.`)
      return Infinity
    }
    if (target.condition.kind === 'silent') {
      note(
        links,
        rule,
        place,
        `The rule "${target.title}" finds silence, which has no events to be correlated.`,
      )
      return Infinity
    }
    const length = measureChain(links, target)
    if (typeof length === 'number') return length
    const fault = length === 'measuring' ? 'leads back to this one' : 'has a fault itself'
    note(links, rule, place, `The rule "${target.title}" ${fault}.`)
    return Infinity
  })
  const length = Math.max(...lengths) + 1
  if (Number.isFinite(length) && length > chainRulesMax) {
    note(links, rule, undefined, `Correlations of correlations are at most ${chainRulesMax} rules long.`)
  }
  const measured = length <= chainRulesMax ? length : 'broken'
  chains.set(rule.id, measured)
  return measured
}

function toLinked(links: Links, { id, groupBy }: CorrelatedRule): CorrelatedRule {
  return { id: findRule(links, id)?.id ?? id, groupBy }
}

/** Rules that are on, and those that they look at. */
function findRunning(
  links: Links,
  linked: readonly ReadRule[],
  isOn: (id: string) => boolean,
): Set<ReadRule> {
  const running = new Set<ReadRule>()
  const run = (rule: ReadRule | undefined): void => {
    if (rule === undefined || running.has(rule)) return
    running.add(rule)
    if (rule.condition.kind === 'correlation')
      for (const { id } of rule.condition.rules) run(findRule(links, id))
  }
  for (const rule of linked) if (isOn(rule.id)) run(rule)
  return running
}

/** Rules that are correlated, by correlations that do not let them raise alerts of their own. */
function findHidden(links: Links, running: ReadonlySet<ReadRule>): Set<string> {
  const hidden = new Set<string>()
  const shown = new Set<string>()
  for (const { condition, generates } of running) {
    if (condition.kind !== 'correlation') continue
    for (const { id } of condition.rules) (generates ? shown : hidden).add(findRule(links, id)?.id ?? id)
  }
  return new Set([...hidden].filter((id) => !shown.has(id)))
}
