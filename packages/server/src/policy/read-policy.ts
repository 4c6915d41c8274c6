import { policyLimits, type PolicyProblem } from '@aleph-audit-log/domain/api/policies'
import { AuditError } from '@aleph-audit-log/domain/error'
import { isZone } from '@aleph-audit-log/domain/zoned-time'
import type * as Cedars from '@cedar-policy/cedar-wasm/nodejs'
import type { DetailedError, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import { callCedar } from './cedar.ts'
import { cedarSchema } from './cedar-schema.ts'
import { joinUses, readStatement, type PolicyUses } from './policy-uses.ts'

type Cedar = typeof Cedars

/** A policy that can be judged: its statements as Cedar's JSON, what they depend on, and the zone of its hours. */
export type ReadPolicy = { statements: PolicyJson[]; uses: PolicyUses; zone: string }

export type PolicyReading =
  | { policy: ReadPolicy; problems: [] }
  | { policy: undefined; problems: PolicyProblem[] }

/** Problems that are told of one text. */
const problemsMax = 20

/** Reads the text of a policy, or tells what is wrong with it and where. */
export function readPolicy(text: string): PolicyReading {
  const at = (message: string, start = 0, end = 0): PolicyProblem => locate(text, message, start, end)
  const read = callCedar((cedar) => {
    const problems = cedarProblems(cedar, text)
    return problems.length > 0 ? { problems, parts: [] } : { problems, parts: partsOf(cedar, text) }
  })
  if (read === undefined) return refused([at('It is nested too deeply.')])
  const { problems, parts } = read
  if (problems.length > 0) return refused(problems)
  if (parts.length === 0) return refused([at('There is no forbid in it.')])
  if (parts.length > policyLimits.statementsMax) {
    return refused([
      at(`It may have at most ${policyLimits.statementsMax} forbids, and has ${parts.length}.`),
    ])
  }
  const statements = parts.map(({ part, json }) => ({ part, ...readStatement(json) }))
  const faults = statements.flatMap(({ part, faults: own }) =>
    own.map(({ message, word }) => {
      const begin = Math.max(0, text.indexOf(part))
      const found = word?.exec(part)
      const start = begin + (found?.index ?? 0)
      return at(message, start, found ? start + found[0].length : begin + part.length)
    }),
  )
  const zones = [...new Set(statements.map(({ json }) => json.annotations?.['zone'] ?? 'UTC'))]
  const [zone = 'UTC'] = zones
  if (zones.length > 1)
    faults.push(at(`All forbids of a policy need the same @zone; here are ${zones.join(' and ')}.`))
  else if (!isZone(zone)) faults.push(at(`@zone("${zone}") is no time zone such as Europe/Berlin.`))
  if (faults.length > 0) return refused(faults)
  const policy = {
    statements: statements.map(({ json }) => json),
    uses: joinUses(statements.map(({ uses }) => uses)),
    zone,
  }
  return { policy, problems: [] }
}

/** The same, for a text that has to be right. Throws AuditError('invalid') with the places of the faults in `text`. */
export function requirePolicy(text: string): ReadPolicy {
  const { policy, problems } = readPolicy(text)
  if (policy !== undefined) return policy
  throw new AuditError('invalid', 'The policy cannot be used.', {
    problems: problems.map(({ message, line, column, start, end }) => ({
      path: 'text',
      message: `line ${line}, column ${column}: ${message}`,
      start,
      end,
    })),
  })
}

function refused(problems: readonly PolicyProblem[]): PolicyReading & { policy: undefined } {
  const shown = problems.slice(0, problemsMax)
  const [last] = problems.slice(problemsMax)
  if (last) shown.push({ ...last, message: `and ${problems.length - problemsMax} more problems` })
  return { policy: undefined, problems: shown }
}

/** The statements of a text that Cedar has found to be right, one by one. */
function partsOf(cedar: Cedar, text: string): { part: string; json: PolicyJson }[] {
  const parts = cedar.policySetTextToParts(text)
  if (parts.type === 'failure') throw new Error('Cedar does not read what it has found to be right.')
  return parts.policies.map((part) => {
    const json = cedar.policyToJson(part)
    if (json.type === 'failure') throw new Error('Cedar does not read its own part.')
    return { part, json: json.json }
  })
}

/** What Cedar itself finds: by its grammar, and against the schema. A warning is of a policy that says nothing. */
function cedarProblems(cedar: Cedar, text: string): PolicyProblem[] {
  const answer = cedar.validate({ schema: cedarSchema, policies: { staticPolicies: text } })
  if (answer.type === 'failure') return distinct(answer.errors.map((error) => toProblem(text, error)))
  const errors = answer.validationErrors.map(({ error }) => toProblem(text, error))
  if (errors.length > 0) return distinct(errors)
  return distinct(answer.validationWarnings.map(({ error }) => toProblem(text, error)))
}

/** The same fault is told for each action that a statement is about. */
function distinct(problems: readonly PolicyProblem[]): PolicyProblem[] {
  const seen = new Map<string, PolicyProblem>()
  for (const problem of problems) {
    const key = `${problem.start} ${problem.message.replace(/ (?:in context )?for Action::"[^"]*"/, '')}`
    if (!seen.has(key)) seen.set(key, problem)
  }
  return [...seen.values()]
}

function toProblem(text: string, { message, help, sourceLocations }: DetailedError): PolicyProblem {
  const [place] = sourceLocations ?? []
  const words = message
    .replace(/^for policy `[^`]*`, /, '')
    .replace(/^failed to parse polic(?:y|ies) from string: /, '')
    .replace(/ (?:in context )?for Action::"[^"]*"/, '')
  const bytes = Buffer.from(text)
  const units = (offset: number): number => bytes.subarray(0, offset).toString('utf8').length
  const whole = help === null ? words : `${words} (${help})`
  return locate(text, whole, units(place?.start ?? 0), units(place?.end ?? 0))
}

function locate(text: string, message: string, start: number, end: number): PolicyProblem {
  const before = text.slice(0, start).split('\n')
  return {
    message,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    start,
    end: Math.max(end, start),
  }
}
