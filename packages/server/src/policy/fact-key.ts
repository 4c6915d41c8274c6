import { BlockList } from 'node:net'
import { matchesWhole } from '@aleph-audit-log/domain/filter/pattern'
import { remember } from '../remember.ts'
import type { PolicyUses, TextUse } from './policy-uses.ts'
import type { PolicyFacts } from './policy-set.ts'

/** Texts and lists of which it is remembered what policies see in them; with more, all are forgotten and looked at anew. */
const knownMax = 5000
/** Longer texts are looked at anew each time, so that memory does not grow with what senders make up. */
const textUnitsMax = 200

/** Facts, but for their time, as a text: two with the same text are alike to all policies that ask no more than `uses`. */
export function createFactKey(uses: PolicyUses): (facts: PolicyFacts) => string {
  const tags = namesKey(uses.tags)
  const groups = namesKey(uses.groups)
  const tool = textKey(uses.tool)
  const application = textKey(uses.application)
  const network = networkKey(uses.network)
  return (facts) =>
    `${facts.action} ${tags(facts.tags)} ${groups(facts.groups)} ${uses.service && facts.service ? 1 : 0} ${network(facts.network)} ${tool(facts.tool)} ${application(facts.application)}`
}

/** Of a list only the names that some policy speaks of, as a number. The same list is looked at once. */
function namesKey(used: ReadonlySet<string>): (names: readonly string[]) => number {
  const numbers = new Map<string, number>()
  const known = new WeakMap<readonly string[], number>()
  let last = 0
  return (names) => {
    if (used.size === 0 || names.length === 0) return 0
    const found = known.get(names)
    if (found !== undefined) return found
    const seen = names.filter((name) => used.has(name)).sort()
    const number = seen.length === 0 ? 0 : remember(numbers, knownMax, JSON.stringify(seen), () => ++last)
    known.set(names, number)
    return number
  }
}

/** A text that no policy compares is like any other that the same patterns match. */
function textKey(use: TextUse): (text: string) => string {
  if (use === 'none') return () => ''
  const whole = (text: string): string => `${text.length}:${text}`
  if (use === 'any') return whole
  const known = new Map<string, string>()
  return (text) => {
    if (use.texts.has(text)) return whole(text)
    const look = (): string =>
      `?${use.patterns.map((pattern) => (matchesWhole(pattern, text) ? '1' : '0')).join('')}`
    return text.length > textUnitsMax ? look() : remember(known, knownMax, text, look)
  }
}

/** A network is like any other that lies in the same ranges. */
function networkKey(use: PolicyUses['network']): (network: string | undefined) => string {
  if (use === 'none') return () => ''
  if (use === 'any') return (network) => network ?? ''
  const ranges = [...use.ranges].map(toBlock)
  const known = new Map<string, string>()
  return (network) => {
    if (network === undefined) return ''
    return remember(known, knownMax, network, () => {
      const [address = ''] = network.split('/')
      return `?${ranges.map((range) => (range.check(address, familyOf(network)) ? '1' : '0')).join('')}`
    })
  }
}

/** A range as Cedar has read it: one address is a range of one. */
function toBlock(range: string): BlockList {
  const [address = '', length] = range.split('/')
  const family = familyOf(range)
  const block = new BlockList()
  block.addSubnet(address, length === undefined ? (family === 'ipv6' ? 128 : 32) : Number(length), family)
  return block
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}
