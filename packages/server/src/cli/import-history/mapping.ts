import { AuditError, type Problem } from '@aleph-audit-log/domain/error'
import { toProblems } from '@aleph-audit-log/domain/event'
import { actorTypes, outcomes } from '@aleph-audit-log/domain/event-values'
import * as z from 'zod'
import { isTimeZone, timeForms } from './read-time.ts'

/** Fields of an event that a mapping can fill, beside `data.<path>` and `targets[n].<field>`. */
const plainFields: ReadonlySet<string> = new Set([
  'id',
  'type',
  'occurredAt',
  'outcome',
  'actor.type',
  'actor.id',
  'actor.name',
  'actor.email',
  'context.ip',
  'context.userAgent',
  'context.application',
  'context.sessionId',
  'context.requestId',
])
const dataField = /^data\.[^.]+(\.[^.]+)*$/
const targetField = /^targets\[(\d{1,2})\]\.(type|id|name)$/

const zoneSchema = z
  .string()
  .refine(isTimeZone, 'must be UTC, an offset such as +02:00 or a zone such as Europe/Vienna')

const pathSchema = z.string().min(1, 'must name a field')
const pathsSchema = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(pathSchema, 'must be the name of a field or a list of names').min(1),
)

/** What a value becomes; without it text fields take text, and `data` takes the value as it is. */
const conversions = ['text', 'number', 'boolean', 'json', 'event_type'] as const

const fieldSchema = z.preprocess(
  (value) => (typeof value === 'string' || Array.isArray(value) ? { from: value } : value),
  z
    .strictObject(
      {
        from: pathsSchema.optional(),
        value: z.json().optional(),
        template: z
          .string()
          .regex(/\{[^{}]+\}/, 'needs a name in braces')
          .optional(),
        values: z.record(z.string(), z.json()).optional(),
        otherwise: z.json().optional(),
        default: z.json().optional(),
        as: z.enum(conversions).optional(),
        factor: z.number().positive().optional(),
        time: z.enum(timeForms).optional(),
        zone: zoneSchema.optional(),
      },
      'must be a name, a list of names or an object',
    )
    .superRefine((field, context) => {
      const fault = (message: string): void => context.addIssue({ code: 'custom', message })
      const sources = [field.from, field.value, field.template].filter((source) => source !== undefined)
      if (sources.length !== 1) fault('needs exactly one of from, value and template')
      if (field.value !== undefined && Object.keys(field).length > 1)
        fault('has a constant value and more beside it')
      if (field.otherwise !== undefined && field.values === undefined) fault('has otherwise, but no values')
      if (field.factor !== undefined && field.as !== 'number') fault('has a factor, but not "as": "number"')
      if (field.time !== undefined && (field.as !== undefined || field.values !== undefined)) {
        fault('has time together with as or values')
      }
      if (field.zone !== undefined && field.time !== undefined && field.time !== 'text') {
        fault('has a zone for a time that is counted in UTC')
      }
    }),
)

const mappingSchema = z.strictObject({
  fields: z.record(z.string(), fieldSchema),
  rest: z.union([z.enum(['data', 'drop']), z.strictObject({ into: z.string().min(1) })]).default('data'),
  ignoreCase: z.boolean().default(false),
  zone: zoneSchema.default('UTC'),
})

export type MappedField = z.infer<typeof fieldSchema>
/** A mapping file as it is written. */
export type MappingInput = z.input<typeof mappingSchema>

/**
 * How foreign records become events. `fields` by the event's field, such as `actor.name`; `rest` is what happens to
 * values that no field took; `zone` is where texts without a zone tell their time.
 */
export type Mapping = z.infer<typeof mappingSchema>

/**
 * Reads a mapping, with constants that replace fields of it (`--set type=query`).
 * Throws AuditError('invalid') with the path of every fault.
 */
export function parseMapping(
  input: unknown,
  constants: ReadonlyMap<string, string>,
  origin: string,
): Mapping {
  const parsed = mappingSchema.safeParse(input)
  if (!parsed.success) throw badMapping(origin, toProblems(parsed.error, ''))
  const fields = { ...parsed.data.fields }
  for (const [name, value] of constants) fields[name] = { value }
  const mapping = { ...parsed.data, fields }
  const problems = [...checkNames(mapping), ...checkRequired(mapping), ...checkConstants(mapping)]
  if (problems.length > 0) throw badMapping(origin, problems)
  return mapping
}

/** Reads `--set name=value`. Throws AuditError('invalid') for other texts. */
export function parseConstants(texts: readonly string[]): Map<string, string> {
  const constants = new Map<string, string>()
  for (const text of texts) {
    const at = text.indexOf('=')
    const name = text.slice(0, Math.max(at, 0))
    if (!isFieldName(name)) {
      throw new AuditError(
        'invalid',
        `--set ${text} is not understood: it takes a field and a text, as type=query.`,
      )
    }
    constants.set(name, text.slice(at + 1))
  }
  return constants
}

function badMapping(origin: string, problems: readonly Problem[]): AuditError {
  return new AuditError('invalid', `The mapping ${origin} cannot be used.`, { problems })
}

function isFieldName(name: string): boolean {
  return plainFields.has(name) || dataField.test(name) || targetField.test(name)
}

/** `actor.name` as `['actor', 'name']`, `targets[0].id` as `['targets', '0', 'id']`. */
export function stepsOf(name: string): string[] {
  return name.replace(/^targets\[(\d+)\]/, 'targets.$1').split('.')
}

function pathOf(name: string): string {
  return `fields[${JSON.stringify(name)}]`
}

function checkNames({ fields }: Mapping): Problem[] {
  const names = Object.keys(fields)
  return names.flatMap((name) => {
    const path = pathOf(name)
    if ((name === 'occurredAt' || name === 'id') && fields[name]?.as !== undefined) {
      return [{ path: `${path}.as`, message: 'has no meaning here: the field has a form of its own' }]
    }
    if (!isFieldName(name)) {
      const known = [...plainFields, 'data.<name>', 'targets[0].type|id|name'].join(', ')
      return [{ path, message: `is no field of an event; they are ${known}` }]
    }
    const above = names.find((other) => name.startsWith(`${other}.`))
    return above === undefined ? [] : [{ path, message: `stands below ${above}, which has a value itself` }]
  })
}

function checkRequired({ fields }: Mapping): Problem[] {
  const problems = ['type', 'occurredAt', 'actor.type']
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name) => ({ path: pathOf(name), message: 'is missing: every event needs it' }))
  if (!['actor.id', 'actor.name', 'actor.email'].some((name) => Object.hasOwn(fields, name))) {
    problems.push({ path: 'fields', message: 'need one of actor.id, actor.name and actor.email' })
  }
  const targets = Object.keys(fields).flatMap((name) => targetField.exec(name)?.[1] ?? [])
  for (const index of new Set(targets)) {
    const hasGap = Number(index) > 0 && !targets.includes(String(Number(index) - 1))
    if (hasGap)
      problems.push({ path: `fields["targets[${index}]"]`, message: 'leaves a gap in the list of targets' })
    const type = `targets[${index}].type`
    if (!Object.hasOwn(fields, type))
      problems.push({ path: pathOf(type), message: 'is missing: every target needs it' })
  }
  return problems
}

const knownValues = new Map<string, readonly string[]>([
  ['outcome', outcomes],
  ['actor.type', actorTypes],
])

/** Values that no event can have are told once, not at every line. */
function checkConstants({ fields }: Mapping): Problem[] {
  return [...knownValues].flatMap(([name, known]) => {
    const field = fields[name]
    if (field === undefined) return []
    const places: [string, unknown][] = [
      ['value', field.value],
      ['otherwise', field.otherwise],
      ['default', field.default],
      ...Object.entries(field.values ?? {}).map(([key, value]): [string, unknown] => [
        `values.${key}`,
        value,
      ]),
    ]
    return places
      .filter(([, value]) => value !== undefined && !known.some((one) => one === value))
      .map(([place]) => ({ path: `${pathOf(name)}.${place}`, message: `must be one of ${known.join(', ')}` }))
  })
}
