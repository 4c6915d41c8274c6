import type { DetectionRule } from '@aleph-audit-log/domain/api/detection-rules'

export const originWords: Record<DetectionRule['origin'], string> = {
  shipped: 'Shipped',
  operator: 'Folder of the operator',
  workspace: 'Written here',
}

/** In the address, in place of the id of a rule that is not saved yet. */
export const newRuleId = 'new'

/** What a new rule begins with. */
export function ruleTemplate(id: string): string {
  return `title: Somebody exports a table of HR
id: ${id}
status: experimental
level: medium
description: A table of HR was exported. Ask the person what for.
detection:
  export:
    type: query
    kind: export
    table: hr.*
  condition: export
alert:
  group-by: [person]
  summary: '{person} exported {table}'
`
}
