import { LineCounter } from 'yaml'
import { formatPath, type Problem } from '../../error.ts'

/** Where something stands in a text of rules: UTF-16 units, and keys and indexes from the top. */
export type Place = { start: number; end: number; path: readonly (string | number)[] }

/** A fault in a text of rules; lines and columns (UTF-16 units) begin with 1. */
export type RuleProblem = Problem & { line: number; column: number; start: number; end: number }

/** Notes a fault; gives undefined, so that who reads a value can give it back in place of the value. */
export type NoteFault = (place: Place, message: string, suggestion?: string) => undefined

/** How many faults of one text are told: a hostile one may have tens of thousands. */
const problemsMax = 100

/** Gathers the faults of a text. */
export function createFaults(text: string): { problems: RuleProblem[]; note: NoteFault } {
  const problems: RuleProblem[] = []
  const locate = createLocator(text)
  const note: NoteFault = (place, message, suggestion) => {
    if (problems.length < problemsMax) {
      problems.push({ ...locate(place), message, ...(suggestion === undefined ? {} : { suggestion }) })
    } else if (problems.length === problemsMax) {
      problems.push({ ...locate(place), message: 'There are more faults, which are not listed.' })
    }
    return undefined
  }
  return { problems, note }
}

/** A function that tells the lines and columns of places in a text. */
export function createLocator(text: string): (place: Place) => Omit<RuleProblem, 'message'> {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
  return ({ start, end, path }) => {
    const { line, col } = lines.linePos(start)
    return { path: formatPath(path), line, column: col, start, end }
  }
}

/** The place of a part of a text that is written as it is, in quotes or not; else of all of it. */
export function placeWithin(place: Place, text: string, start: number, end: number): Place {
  const around = place.end - place.start - text.length
  if (around !== 0 && around !== 2) return place
  const from = place.start + around / 2
  return { ...place, start: from + start, end: from + end }
}
