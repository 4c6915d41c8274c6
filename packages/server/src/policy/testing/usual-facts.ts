import type { PolicyFacts } from '../policy-set.ts'

/** A person reads personal data on a Wednesday at noon; nothing else is known. */
export const usualFacts: PolicyFacts = {
  action: 'read',
  tags: ['pii'],
  groups: [],
  tool: '',
  application: '',
  network: undefined,
  service: false,
  ms: Date.parse('2026-11-25T12:00:00Z'),
}
