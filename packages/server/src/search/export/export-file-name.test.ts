import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportFileName, scheduledFileName } from './export-file-name.ts'
import { hostileText } from './testing/hostile-text.ts'

const range = {
  from: '2026-10-23T00:00:00.000000Z',
  to: '2026-11-22T15:30:00.000000Z',
  exportedAt: '2026-11-22T10:00:01.123456Z',
}

test('a name tells workspace, range, time and format', () => {
  const name = 'audit-log_Acme_2026-10-23_to_2026-11-22T15-30-00Z_exported_2026-11-22T10-00-01Z.xlsx'
  expect(exportFileName({ workspaceName: 'Acme', ...range }, 'xlsx')).toEqual({ ascii: name, utf8: name })
})

test('an open range says so', () => {
  const { ascii } = exportFileName({ workspaceName: 'Acme', exportedAt: range.exportedAt }, 'csv')
  expect(ascii).toBe('audit-log_Acme_start_to_now_exported_2026-11-22T10-00-01Z.csv')
})

test.each([
  ['Müller & Söhne', 'Muller-Sohne', 'Müller-&-Söhne'],
  ['東京', 'workspace', '東京'],
  ['../../etc/passwd', 'etc-passwd', 'etc-passwd'],
  ['a"b\r\nSet-Cookie: x', 'a-b-Set-Cookie-x', 'a-b-Set-Cookie-x'],
  ['\u202egnp.exe', 'gnp.exe', 'gnp.exe'],
  ['', 'workspace', 'workspace'],
  ['...', 'workspace', 'workspace'],
])('the workspace %j becomes %s', (workspaceName, ascii, utf8) => {
  const name = exportFileName({ workspaceName, ...range }, 'jsonl')
  expect(name.ascii.split('_')[1]).toBe(ascii)
  expect(name.utf8.split('_')[1]).toBe(utf8)
})

test('any workspace gives a name that headers and file systems take', () => {
  fc.assert(
    fc.property(fc.array(hostileText, { maxLength: 30 }), (texts) => {
      const { ascii, utf8 } = exportFileName({ workspaceName: texts.join(''), ...range }, 'xlsx')
      expect(ascii).toMatch(/^audit-log_[A-Za-z0-9._~-]+\.xlsx$/)
      expect(utf8).toMatch(/^audit-log_[^<>:"/\\|?*'%;,=\p{C}\s]+\.xlsx$/u)
      expect(Buffer.byteLength(utf8)).toBeLessThan(255)
      expect(encodeURIComponent(utf8)).toBeTypeOf('string')
    }),
    { numRuns: 1000 },
  )
})

test('a name that had to be shortened shows it', () => {
  const { ascii, utf8 } = exportFileName({ workspaceName: 'ü'.repeat(200), ...range }, 'xlsx')
  expect(utf8).toContain(`${'ü'.repeat(49)}~_`)
  expect(ascii).toContain(`${'u'.repeat(49)}~_`)
})

test('files of two schedules of the same view and time have two names, and long ones fit', () => {
  const of = {
    workspaceName: 'ü'.repeat(100),
    title: 'ü'.repeat(100),
    firstDay: '2026-11-22',
    lastDay: '2026-11-28',
    zone: 'America/Argentina/ComodRivadavia',
    dueAt: '2026-11-29T07:00:00.000Z',
  }
  const names = ['3f2a91c0-a', '4f2a91c0-a'].map((scheduleId) =>
    scheduledFileName({ ...of, scheduleId }, 'jsonl'),
  )
  expect(names[0]?.utf8).toMatch(/_due_2026-11-29T07-00-00Z_3f2a91c0\.jsonl$/)
  expect(names[0]?.utf8).not.toBe(names[1]?.utf8)
  expect(Buffer.byteLength(names[0]?.utf8 ?? '')).toBeLessThan(255)
})
