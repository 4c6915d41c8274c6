import { expect, test } from 'vitest'
import { documentAt } from './rule-document.ts'

const file = `# of all\ntitle: a\n---\n\ntitle: b\n# --- no\nid: b\n--- # next\r\ntitle: c\n`

test('the document around a line is found, whatever stands in it', () => {
  expect(documentAt(file, 2)).toBe('# of all\ntitle: a\n')
  for (const line of [4, 5, 6, 7]) expect(documentAt(file, line)).toBe('title: b\n# --- no\nid: b\n')
  expect(documentAt(file, 9)).toBe('title: c\n')
  expect(documentAt('title: a', 1)).toBe('title: a\n')
})
