import { Random } from '../../tools/seed/random.ts'
import { makeEverydayWork, makeRareWork } from './everyday.ts'
import { makeFirm, type Employee, type Firm } from './firm.ts'
import {
  atLocalHour,
  dayMs,
  isAtWork,
  type HistoryEvent,
  type Incident,
  type Scene,
  type Span,
} from './history.ts'
import { accountVariants } from './incidents/accounts.ts'
import { dataVariants } from './incidents/data.ts'
import { programVariants } from './incidents/programs.ts'
import type { IncidentScene, Leaver, Variant } from './incidents/variant.ts'
import { makeProgramWork } from './programs.ts'

export type History = {
  firm: Firm
  span: Span
  left: Leaver & { leftOn: string }
  /** In the order of their times. */
  events: readonly HistoryEvent[]
  incidents: readonly Incident[]
}

/** So many days of ordinary work come before the first incident. */
const quietDays = 15

const variants: readonly Variant[] = [...accountVariants, ...dataVariants, ...programVariants]

export type HistoryOptions = {
  seed: string
  /** The end, Unix ms. */
  nowMs: number
  days: number
  /** Without, only ordinary work. */
  incidents: boolean
}

/**
 * Some weeks of a company's work, and what is hidden in it. The same seed makes the same; another seed another company,
 * other habits, other culprits. Nothing here is read from the rules.
 */
export function makeHistory({ seed, nowMs, days, incidents: withIncidents }: HistoryOptions): History {
  const random = new Random(`histories/${seed}`)
  const fromMs = Math.floor(nowMs / dayMs) * dayMs - days * dayMs
  const span: Span = { fromMs, days, toMs: fromMs + days * dayMs }
  const firm = makeFirm(random.fork('firm'), days)
  const scene: Scene = { firm, span, random }
  const leaver = { name: 'Toni Gerber', email: `toni.gerber@${firm.domain}`, login: 'toni.gerber' }
  const left = { ...leaver, leftOn: new Date(fromMs + 8 * dayMs).toISOString().slice(0, 10) }
  const planted = withIncidents
    ? plantAll({ ...scene, random: random.fork('incidents'), left })
    : { before: [], incidents: [] }
  const events = [
    ...makeEverydayWork({ ...scene, random: random.fork('everyday') }),
    ...makeRareWork({ ...scene, random: random.fork('rare') }),
    ...makeProgramWork({ ...scene, random: random.fork('programs') }),
    ...planted.before,
    ...planted.incidents.flatMap((incident) => incident.events),
  ]
    .filter(({ ms }) => ms < span.toMs)
    .sort((a, b) => a.ms - b.ms)
  return { firm, span, left, events, incidents: planted.incidents }
}

/** One way of each kind. */
function plantAll(scene: IncidentScene): { before: HistoryEvent[]; incidents: Incident[] } {
  const before: HistoryEvent[] = []
  const chosen = [...new Set(variants.map(({ kind }) => kind))].map((kind) =>
    scene.random.pick(variants.filter((variant) => variant.kind === kind)),
  )
  const incidents = chosen.map((variant): Incident => {
    const own: IncidentScene = { ...scene, random: scene.random.fork(`${variant.kind} ${variant.variant}`) }
    before.push(...(variant.prepare?.(own) ?? []))
    const { kind, variant: name, rules, silent } = variant
    const { person, day } = chooseTime(own, variant)
    const ms = atLocalHour(own.span, person.offset, day, person.begins + 1 + own.random.fraction() * 6)
    const events = variant.make(own, { person, ms, day })
    return { kind, variant: name, rules, events, ...(silent === undefined ? {} : { silent }) }
  })
  return { before, incidents }
}

/** Somebody who was there all the time, on a day on which they are at work. */
function chooseTime(
  { random, span, firm }: IncidentScene,
  { by, lateDay }: Variant,
): { person: Employee; day: number } {
  const first = lateDay ? span.days - 4 : quietDays
  for (;;) {
    const person = random.pick(firm.people)
    const day = random.integer(first, span.days - 2)
    if (person.joins > 0 || !isAtWork(person, span, day)) continue
    if (by === undefined || by(person)) return { person, day }
  }
}
