import { makeActs } from './acts.ts'
import { makeIncidents, makeTimeline, type Timeline } from './make-incidents.ts'
import type { MadeEvent } from './made-event.ts'
import { makeQuery, makeSessionEvent } from './make-query.ts'
import type { QueryTemplate } from './query-template.ts'
import { Random, type WeightedPicker } from './random.ts'
import { TimeSampler, type Span } from './rhythm.ts'
import { makeWorkloads, type Session, type Workload } from './workloads.ts'

export type CompanyOptions = {
  /** The same seed, time and number of events make the same events, to the byte. */
  seed: string
  /** The end of the made-up time, Unix ms. */
  nowMs: number
  events: number
}

const spanDays = 30

/** So few events have no room for what is not everyday. */
export const eventsMin = 2000

/** Who has left in the time that ends at `nowMs`, and their last day there, by login. */
export function leftOnUntil(nowMs: number): ReadonlyMap<string, string> {
  const { leftMs } = makeTimeline(spanUntil(nowMs))
  return new Map([...leftMs].map(([login, ms]) => [login, new Date(ms).toISOString().slice(0, 10)]))
}

/** The made-up time that ends at `nowMs`. */
function spanUntil(nowMs: number): Span {
  return { fromMs: nowMs - spanDays * 86_400_000, toMs: nowMs }
}

/**
 * Makes the audit log of a company over the 30 days before `nowMs`: exactly so many events, in the order of their times.
 * Throws RangeError for fewer than `eventsMin`.
 */
export function makeCompany({ seed, nowMs, events }: CompanyOptions): MadeEvent[] {
  if (events < eventsMin)
    throw new RangeError(`The company needs at least ${eventsMin} events, not ${events}.`)
  const random = new Random(`aleph-audit-log/${seed}`)
  const span = spanUntil(nowMs)
  const timeline = makeTimeline(span)
  const special = [
    ...makeIncidents(random.fork('incidents'), span, timeline),
    ...makeActs(random.fork('acts'), span, timeline.leftMs),
  ]
  const everyday = makeEverydayEvents(random.fork('everyday'), span, timeline, events - special.length)
  return [...special, ...everyday].sort((a, b) => a.ms - b.ms)
}

function makeEverydayEvents(random: Random, span: Span, timeline: Timeline, count: number): MadeEvent[] {
  const workloads = makeWorkloads(random, timeline.leftMs)
  const total = workloads.reduce((sum, { share }) => sum + share, 0)
  const events: MadeEvent[] = []
  let shareBefore = 0
  for (const workload of workloads) {
    // Rounding the running sum, not each share, makes exactly as many as were asked for.
    const until = Math.round(((shareBefore + workload.share) / total) * count)
    const own = random.fork(workload.name)
    for (const event of makeWork(own, span, timeline, workload, until - events.length)) events.push(event)
    shareBefore += workload.share
  }
  return events
}

function makeWork(
  random: Random,
  span: Span,
  timeline: Timeline,
  workload: Workload,
  count: number,
): MadeEvent[] {
  const sampler = new TimeSampler(span, workload.intensity)
  const events: MadeEvent[] = []
  while (events.length < count) {
    const startMs = sampler.sample(random)
    const session = workload.open(random, startMs)
    const left = timeline.leftMs.get(workload.name) ?? span.toMs
    const endMs = Math.min(session.endMs, left, span.toMs)
    for (const event of makeSession(random, session, timeline, startMs, endMs)) {
      if (events.length < count) events.push(event)
    }
  }
  return events
}

/** Everything that happens in one connection before `endMs`; what would end later is not told. */
function makeSession(
  random: Random,
  session: Session,
  timeline: Timeline,
  startMs: number,
  endMs: number,
): MadeEvent[] {
  const { client, templates, gapMs, failureRate, isTold } = session
  const events: MadeEvent[] = []
  let ms = startMs
  if (isTold && client.actor.type === 'user' && random.chance(0.02)) {
    const error = { code: '28000', message: `LDAP authentication failed for user "${client.login}"` }
    events.push(makeSessionEvent('session_started', { random, ms, client, error }))
    ms += random.logNormal(12_000, 0.4)
  }
  if (isTold && ms < endMs) events.push(makeSessionEvent('session_started', { random, ms, client }))
  for (let left = Math.ceil(random.logNormal(session.queries, 0.7)); left > 0; left--) {
    ms += random.logNormal(gapMs, 0.9)
    const template = chooseTemplate(random, templates, timeline, ms)
    const event = makeQuery({ random, ms, client, template, failureRate, routine: true })
    if (event.ms >= endMs) return events
    events.push(event)
    ms = event.ms
  }
  ms += random.logNormal(gapMs, 0.5)
  if (isTold && ms < endMs) {
    events.push(makeSessionEvent('session_ended', { random, ms, client, durationMs: ms - startMs }))
  }
  return events
}

/** While a table is gone, everyday work does without it. */
function chooseTemplate(
  random: Random,
  templates: WeightedPicker<QueryTemplate>,
  { missing }: Timeline,
  ms: number,
): QueryTemplate {
  for (;;) {
    const template = templates.pick(random)
    const isGone = ms > missing.fromMs - slowestMs && ms < missing.toMs
    if (!isGone || !template.tables.some((table) => table.name === missing.table)) return template
  }
}

/** A statement that begins so long before a table is dropped has ended by then. */
const slowestMs = 600_000
