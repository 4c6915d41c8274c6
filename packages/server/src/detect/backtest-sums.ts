import type { EventField, NumberPath, Rule } from '@aleph-audit-log/domain/detect/rule'
import type { EventGroup } from '../store/event-groups.ts'
import { detectionLimits } from './detection-limits.ts'
import {
  createGroupPast,
  minuteText,
  momentOf,
  pastDays,
  type GroupPast,
  type Moment,
  type PastCondition,
} from './detector-past.ts'
import { emptyEvidence } from './evidence.ts'
import { groupOf } from './group.ts'
import type { Backtested, Hit, HitFacts } from './hit.ts'
import type { History } from './history.ts'
import { isOutside } from './outside-hours.ts'
import { judgeSilence, lastEventOf, type SilentGroup } from './silent-groups.ts'
import { dayMicros, dayOf, hourMicros, toMicros, type Micros } from './times.ts'

type Range = { from: Micros; before: Micros }

const quarterMs = 900_000
const hourMs = hourMicros / 1000
const dayMs = dayMicros / 1000

/**
 * A backtest over sums of groups by time, where they say all that the rule looks at. Undefined where events have to be
 * looked at one by one.
 */
export async function backtestBySums(
  history: History,
  rule: Rule,
  range: Range,
): Promise<Backtested | undefined> {
  const { condition } = rule
  switch (condition.kind) {
    case 'events':
      return backtestBuckets(history, rule, range, dayMs, () => ({}))
    case 'outside_hours':
      // Every zone is whole quarters of an hour away from UTC.
      return backtestBuckets(history, rule, range, quarterMs, (at) =>
        isOutside(condition, at) ? { value: minuteText(at) } : undefined,
      )
    case 'silent':
      if (condition.silentMs < quarterMs) return undefined
      return backtestSilence(history, rule, range, condition.silentMs < hourMs ? quarterMs : hourMs)
    case 'first_seen':
    case 'unusual_hour':
    case 'above_past':
      return backtestPast(history, rule, condition, range)
    case 'awakes':
      return condition.silentMs < 2 * dayMs ? undefined : backtestPast(history, rule, condition, range)
    case 'ahead':
    case 'correlation':
      return undefined
  }
}

type Asked = {
  from: Micros | undefined
  before: Micros
  bucketMs: number | undefined
  fields?: readonly EventField[]
  sum?: NumberPath | undefined
}

async function ask(history: History, rule: Rule, { fields, sum, ...asked }: Asked) {
  if (rule.condition.kind === 'correlation') throw new TypeError('A correlation looks at no events itself')
  const { filter } = rule.condition
  const limit = detectionLimits.backtest.rowsMax
  return history.group({ ...asked, filter, upTo: [], fields: fields ?? rule.groupBy, sum, limit })
}

/** Where all events of a bucket are found, or none. */
async function backtestBuckets(
  history: History,
  rule: Rule,
  range: Range,
  bucketMs: number,
  factsOf: (at: Micros) => HitFacts | undefined,
): Promise<Backtested> {
  const { groups, hasMore } = await ask(history, rule, { ...range, bucketMs })
  const hits = groups.flatMap((row): Hit[] => {
    const moment = momentOf(row, '')
    const facts = factsOf(moment.firstAt)
    return facts === undefined ? [] : [hitOf(rule, row, { moment, facts, ...moment })]
  })
  return { hits, truncated: hasMore }
}

type Found = Pick<Hit, 'facts' | 'count' | 'firstAt' | 'firstId'> & { moment: Moment }

function hitOf(rule: Rule, row: EventGroup, { moment, facts, count, firstAt, firstId }: Found): Hit {
  const event = { ...emptyEvidence, id: row.firstId, at: moment.firstAt }
  const group = row.values.slice(0, rule.groupBy.length)
  const lastAt = count === 1 ? firstAt : moment.lastAt
  return {
    rule,
    group,
    event,
    evidence: [event],
    count,
    firstAt,
    lastAt,
    ...(firstId !== undefined && { firstId }),
    facts,
  }
}

/** What has to be known before the range, and how the range is cut. */
async function askPast(
  history: History,
  rule: Rule,
  condition: PastCondition,
  { from, before }: Range,
): Promise<{ rows: EventGroup[]; truncated: boolean }> {
  const asked = async (one: Asked): Promise<{ rows: EventGroup[]; truncated: boolean }> => {
    const { groups, hasMore } = await ask(history, rule, one)
    return { rows: groups, truncated: hasMore }
  }
  const past = from - pastDays * dayMicros
  switch (condition.kind) {
    case 'first_seen': {
      const fields = condition.field === undefined ? rule.groupBy : [...rule.groupBy, condition.field]
      return asked({ from: undefined, before, bucketMs: undefined, fields })
    }
    case 'awakes': {
      const start = dayOf(from - condition.silentMs * 1000) * dayMicros
      const old = await asked({ from: undefined, before: start, bucketMs: undefined })
      const recent = await asked({ from: start, before, bucketMs: dayMs })
      return { rows: [...old.rows, ...recent.rows], truncated: old.truncated || recent.truncated }
    }
    case 'unusual_hour':
      return asked({ from: past, before, bucketMs: hourMs })
    case 'above_past': {
      const sum = condition.sum === 'events' ? undefined : condition.sum
      return asked({ from: past, before, bucketMs: dayMs, sum })
    }
  }
}

async function backtestPast(
  history: History,
  rule: Rule,
  condition: PastCondition,
  range: Range,
): Promise<Backtested> {
  const logFirstAt = await readLogFirstAt(history, condition)
  const { rows, truncated } = await askPast(history, rule, condition, range)
  const pasts = new Map<string, GroupPast>()
  const hits: Hit[] = []
  for (const row of rows) {
    const key = JSON.stringify(row.values.slice(0, rule.groupBy.length))
    const past = pasts.get(key) ?? createGroupPast(condition, () => logFirstAt)
    pasts.set(key, past)
    const moment = momentOf(row, row.values[rule.groupBy.length] ?? '')
    const found = moment.firstAt < range.from ? undefined : past.judge(moment)
    past.add(moment)
    if (found === undefined) continue
    const { events, ...facts } = found
    hits.push(hitOf(rule, row, { moment, facts, ...events }))
  }
  return { hits, truncated }
}

async function readLogFirstAt(history: History, condition: PastCondition): Promise<Micros | undefined> {
  if (condition.kind !== 'first_seen' || condition.field !== undefined) return undefined
  const { groups } = await history.group({
    filter: { kind: 'and', terms: [] },
    from: undefined,
    before: undefined,
    upTo: [],
    fields: [],
    bucketMs: undefined,
    sum: undefined,
    limit: 1,
  })
  const [group] = groups
  return group === undefined ? undefined : toMicros(group.firstAt)
}

async function backtestSilence(
  history: History,
  rule: Rule,
  { from, before }: Range,
  bucketMs: number,
): Promise<Backtested> {
  const start = from - pastDays * dayMicros
  const { groups, hasMore } = await ask(history, rule, { from: start, before, bucketMs })
  const known = new Map<string, SilentGroup>()
  const hits: Hit[] = []
  const judge = (group: SilentGroup, until: Micros): void => {
    const hit = group.last.at < from ? undefined : judgeSilence(rule, group, until)
    if (hit !== undefined) hits.push(hit)
  }
  for (const row of groups) {
    const key = JSON.stringify(row.values)
    const group = known.get(key)
    if (group !== undefined) judge(group, toMicros(row.firstAt))
    const last = lastEventOf(row)
    const days = group?.days ?? new Set<number>()
    days.add(dayOf(last.at))
    known.set(key, { group: groupOf(row.values), days, last })
  }
  for (const group of known.values()) judge(group, before)
  return { hits, truncated: hasMore }
}
