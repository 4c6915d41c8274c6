import type { StoredEvent } from '@aleph-audit-log/domain/event'
import * as z from 'zod'

/** What the event of a change of a rule says of the rule as it was before. */
export type RuleChange = {
  ruleId: string
  isEnabled: boolean
  exclusions: string
  /** Undefined where the text was not changed. */
  source: string | undefined
}

const statedSchema = z.object({
  enabled: z.boolean(),
  exclusions: z.string(),
  source: z.string().optional(),
})

/** As `workspace-rules.ts` writes it: of a change, and of a rule that is gone. */
const changeSchema = z.object({
  targets: z.array(z.object({ type: z.literal('detection_rule'), id: z.string() })).length(1),
  data: z.union([
    z
      .object({ before: statedSchema, sourceBefore: z.string().optional() })
      .transform(({ before, sourceBefore }) => ({ ...before, source: sourceBefore ?? before.source })),
    statedSchema,
  ]),
})

type Told = Pick<StoredEvent, 'type' | 'source'>

/** Whether an event may tell of a change of a rule; nobody but the product itself sends such events under this source. */
export function mayChangeRules({ type, source }: Told): boolean {
  return source === 'app' && (type === 'detection_rule_changed' || type === 'detection_rule_deleted')
}

/** `event`: as it is stored, or as the API shows it. */
export function ruleChangeOf(event: unknown): RuleChange | undefined {
  const { data: read } = changeSchema.safeParse(event)
  const [target] = read?.targets ?? []
  if (read === undefined || target === undefined) return undefined
  const { enabled, exclusions, source } = read.data
  return { ruleId: target.id, isEnabled: enabled, exclusions, source }
}
