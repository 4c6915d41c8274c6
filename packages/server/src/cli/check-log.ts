import * as z from 'zod'
import type { Connection } from './connect.ts'

const checkSchema = z.object({
  isSound: z.boolean(),
  journal: z.object({
    first: z.number(),
    last: z.number(),
    same: z.number(),
    leftOut: z.number(),
    missing: z.array(z.number()),
    missingCount: z.number(),
    changed: z.array(z.number()),
    changedCount: z.number(),
  }),
  store: z.object({
    events: z.number(),
    repeatedEvents: z.number(),
    tableWeeksAstray: z.number(),
    projectionWeeksAstray: z.number(),
    seenAstray: z.number(),
    brokenParts: z.number(),
  }),
  damagedParts: z.array(z.string()),
  quarantined: z.number(),
})

type Check = z.infer<typeof checkSchema>

export type CheckOptions = { repair?: boolean; dropDamagedParts?: boolean }

/** Checks what is stored, and returns whether all of it is sound with a report for the operator. */
export async function checkLog(
  connection: Connection,
  options: CheckOptions,
): Promise<{ isSound: boolean; report: string[] }> {
  const check = checkSchema.parse(await connection.call('POST', '/local/checks', options))
  return { isSound: check.isSound, report: [...describe(check), ...advise(check, options)] }
}

function describe({ journal, store, damagedParts, quarantined }: Check): string[] {
  const compared =
    journal.last < journal.first
      ? 'The journal holds no applied records to compare with.'
      : `Records ${journal.first} to ${journal.last} of the journal: ${journal.same} stored as acknowledged, ` +
        `${journal.leftOut} left out rightly (repeats, quarantine, past the retention), ` +
        `${journal.missingCount} missing${name(journal.missing)}, ${journal.changedCount} changed${name(journal.changed)}.`
  return [
    compared,
    `${store.events} events stored: ${store.repeatedEvents} rows too many, ` +
      `${store.tableWeeksAstray} weeks with wrong rows for tables, ` +
      `${store.projectionWeeksAstray} weeks with wrong counts, ` +
      `${store.seenAstray} people, tables or queries with a wrong first or last time, ${store.brokenParts} parts with wrong checksums.`,
    `${damagedParts.length} damaged parts put aside by the engine${damagedParts.length === 0 ? '' : `: ${damagedParts.join(', ')}`}.`,
    `${quarantined} records in quarantine.`,
  ]
}

/** How many sequences a line names. */
const shownMax = 10

function name(sequences: number[]): string {
  if (sequences.length === 0) return ''
  const more = sequences.length > shownMax ? ', ...' : ''
  return ` (${sequences.slice(0, shownMax).join(', ')}${more})`
}

function advise(
  { isSound, journal, damagedParts, quarantined, store }: Check,
  options: CheckOptions,
): string[] {
  if (isSound) return ['Everything is sound.']
  const advice: string[] = []
  const mendable =
    journal.missingCount +
      store.repeatedEvents +
      store.tableWeeksAstray +
      store.projectionWeeksAstray +
      store.seenAstray >
    0
  if (mendable && options.repair !== true) advice.push('Run it with --repair to mend what can be mended.')
  if (mendable && options.repair === true) advice.push('Not everything could be mended: restore a backup.')
  if (journal.changedCount > 0 || store.brokenParts > 0) {
    advice.push('What was changed on the disk cannot be mended from here: restore a backup.')
  }
  if (damagedParts.length > 0 && options.dropDamagedParts !== true) {
    advice.push('If nothing is missing, --drop-damaged-parts deletes the parts that were put aside.')
  }
  if (quarantined > 0) advice.push('Look at journal/quarantine.jsonl: the event store refuses these records.')
  return advice
}
