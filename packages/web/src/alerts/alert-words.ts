import type { AlertStatus, AlertStepName, Resolution } from '@aleph-audit-log/domain/alert-values'
import type { RuleLevel } from '@aleph-audit-log/domain/detect/rule'

export const levelWords: Record<RuleLevel, string> = {
  informational: 'Informational',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
}

export const statusWords: Record<AlertStatus, string> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
  muted: 'Muted',
}

export const stepWords: Record<AlertStepName, string> = {
  opened: 'Opened',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
  reopened: 'Opened again',
  muted: 'Muted',
  unmuted: 'No longer muted',
}

export const resolutionWords: Record<Resolution, { word: string; hint: string }> = {
  true_positive: { word: 'Real', hint: 'It was what the rule looks for, and it is dealt with' },
  benign: { word: 'Real, but allowed', hint: 'It happened, and it was meant to' },
  false_positive: { word: 'False alarm', hint: 'The rule took something else for it' },
  duplicate: { word: 'Duplicate', hint: 'Another alert tells of the same' },
}

/** The fields of a rule by which alerts are grouped, as people call them; others are shown as they are. */
const fieldWords: Readonly<Record<string, string>> = {
  person: 'Person',
  actor_id: 'Actor id',
  name: 'Name',
  email: 'Email',
  type: 'Type',
  outcome: 'Outcome',
  source: 'Source',
  database: 'Database',
  login: 'Login',
  tool: 'Tool',
  application: 'Application',
  session: 'Session',
  ip: 'IP',
  network: 'Network',
  kind: 'Kind',
  fingerprint: 'Query',
  table: 'Table',
  flag: 'Flag',
  target: 'Target',
  tag: 'Tag',
  policy: 'Policy',
}

export function fieldWord(field: string): string {
  return Object.hasOwn(fieldWords, field) ? (fieldWords[field] ?? field) : field
}
