import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { describe, expect, it } from 'vitest'
import { makeRandomEvents } from '../store/clickhouse/testing/random-events.ts'
import { makeRandomFilters } from '../store/clickhouse/testing/random-filters.ts'
import { makeEvent } from '../store/testing/sketch-events.ts'
import { createRuleIndex } from './rule-index.ts'

// Told in every failure: put it here to see the same events and filters again.
const seed = Date.now() % 2 ** 31

describe('the index of rules', () => {
  it('finds the rules that the plain filter finds, of random filters and events, also when it knows them', () => {
    const rules = makeRandomFilters(1500, seed).map((filter, i) => ({ filter, i }))
    const events = makeRandomEvents(150, seed).map(toSearchableEvent)
    const rulesOf = createRuleIndex(rules)
    let found = 0
    for (const event of [...events, ...events]) {
      const expected = rules.filter(({ filter }) => matchesFilter(filter, event)).map(({ i }) => i)
      expect(
        rulesOf(event).map(({ i }) => i),
        `seed ${seed}: ${event.id}`,
      ).toEqual(expected)
      found += expected.length
    }
    expect(found).toBeGreaterThan(1000)
  })

  it('looks at what tells of alerts only where a rule names it', () => {
    const rules = [
      '',
      'source:app',
      'type:*',
      'type:alert_opened',
      'type:alert_* outcome:success',
      '-type:query',
    ].map((text) => ({ filter: parseFilter(text), text }))
    const event = makeEvent({ sequence: 1, type: 'alert_opened', source: 'app' })
    const found = createRuleIndex(rules)(toSearchableEvent(event))
    expect(found.map(({ text }) => text)).toEqual(['type:alert_opened', 'type:alert_* outcome:success'])
  })

  it('looks at what others call an alert as at anything else', () => {
    const rules = ['source:api', 'type:query'].map((text) => ({ filter: parseFilter(text), text }))
    const event = makeEvent({ sequence: 1, type: 'alert_query', source: 'api' })
    expect(createRuleIndex(rules)(toSearchableEvent(event)).map(({ text }) => text)).toEqual(['source:api'])
  })
})
