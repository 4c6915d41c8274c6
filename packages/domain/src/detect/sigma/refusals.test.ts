import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faultsOf, faultsOfSelection, header } from '../testing/rule-texts.ts'

const manual = readFileSync(join(import.meta.dirname, '../../../../../docs/detections.md'), 'utf8')

/** The words in backquotes of a sentence of the manual. */
function wordsOf(begin: string, end: string): string[] {
  const from = manual.indexOf(begin)
  const text = manual.slice(from, manual.indexOf(end, from))
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)
}

const refusedModifiers = wordsOf('Refused by name: `re`', '\n\n')

test('the manual names the modifiers that are refused', () => {
  expect(refusedModifiers).toEqual(
    // Those of the modifiers appendix 2.1 that docs/detections.md does not explain.
    're i m s cased windash base64 base64offset utf16le utf16be utf16 wide expand fieldref minute hour day week month year'.split(
      ' ',
    ),
  )
})

test.each(refusedModifiers)('the modifier %s is refused by name, at its place', (name) => {
  const [fault, ...rest] = faultsOfSelection(`type: query\ndata.x|${name}: 5`)
  expect(fault).toMatch(new RegExp(String.raw`^9:12 The modifier ${name} is not supported: \w`))
  expect(rest).toEqual([])
})

const refusedTypes = wordsOf('Refused by name: `value_sum`', ', `neq`, a')

test('the manual names the correlations that are refused', () => {
  expect(refusedTypes).toEqual(
    'value_sum value_avg value_median value_percentile value_min value_max'.split(' '),
  )
})

test.each(refusedTypes)('the correlation type %s is refused by name, at its place', (type) => {
  const text = `${header}correlation:\n  type: ${type}\n  rules: [a]\n  timespan: 1h\n  condition: {gte: 2}\n`
  expect(faultsOf(text)).toEqual([
    `7:9 The correlation type ${type} is not supported; the detector above_past compares sums.`,
  ])
})

const fields =
  'person, actor, name, email, id, type, outcome, table, kind, fingerprint, flag, tag, policy, database, login, tool, application, source, ip, session, request, target, error, duration, rows, data.<path>, noise'

// The first line of a selection is line 8 of its text, and begins in column 5.
test.each([
  ['typ: query', `8:5 "typ" is no field here; these are: ${fields}. Did you mean type?`],
  ['db: prod', `8:5 "db" is no field here; these are: ${fields}. Did you mean database?`],
  ['sql|contains: x', `8:5 "sql" is no field here; these are: ${fields}. Did you mean data.sql?`],
  ['Image: x.exe', `8:5 "Image" is no field here; these are: ${fields}.`],
  ['after: 2026-11-01', `8:5 "after" is no field here; these are: ${fields}.`],
  ['is: noise', `8:5 "is" is no field here; these are: ${fields}. Did you mean id?`],
  ['data: x', '8:5 data. needs a path, such as data.region.'],
  ['data.: x', '8:5 data. needs a path, such as data.region.'],
  [
    'actor_id: u_7',
    '8:5 actor_id groups events; actor finds them by the id, the name or the e-mail of who did it.',
  ],
  ['network: 10.0.0.0/24', '8:5 network groups events; ip|cidr finds those of a network.'],
  ['outcome: failed', '8:14 outcome: is one of success, failure, denied.'],
  [
    'kind: selct',
    `8:11 kind: is one of dcl, ddl, write, import, export, procedure, maintenance, read, session, tcl, other.`,
  ],
  ['id: 5', '8:9 An event id has 32 hexadecimal digits and 4 hyphens.'],
  ['rows: many', '8:11 rows is a number, without quotes; rows|gt and its like compare.'],
  ["rows: '5'", '8:11 rows is a number, without quotes; rows|gt and its like compare.'],
  ["rows: '>5'", '8:11 rows is a number, without quotes; rows|gt and its like compare.'],
  ['rows: true', '8:11 rows is a number, without quotes; rows|gt and its like compare.'],
  ['rows|contains: 5', '8:20 rows is a number, for which contains says nothing.'],
  ["rows|gt: '5'", '8:14 gt takes a number, without quotes.'],
  ['rows|gt: null', '8:14 gt takes a number, without quotes.'],
  ['type|gt: 5', '8:14 gt compares numbers: duration, rows and data.<path>, not type.'],
  ['noise: maybe', '8:12 noise is true or false, without modifiers.'],
  ['noise|contains: true', '8:21 noise is true or false, without modifiers.'],
  ['ip|cidr: 10.0.0.1', '8:14 cidr takes a network such as 10.0.0.0/8 or 2001:db8::/32.'],
  ['ip|cidr: 10.*', '8:14 cidr takes a network such as 10.0.0.0/8 or 2001:db8::/32.'],
  ['ip|cidr: 10.0.0.0/33', '8:14 "10.0.0.0/33" is no network such as 10.0.0.0/8 or 2001:db8::/32.'],
  ['ip: 10.0.0.0/8', '8:9 A network stands behind ip|cidr.'],
  ['data.ip|cidr: 10.0.0.0/8', '8:19 cidr is for ip, not for data.ip.'],
  [
    'type: prog?',
    String.raw`8:11 A search cannot say ? (exactly one character); \? is a question mark, and * any text.`,
  ],
  [
    '- prog?',
    String.raw`8:7 A search cannot say ? (exactly one character); \? is a question mark, and * any text.`,
  ],
  ["data.x: ''", '8:13 A search cannot ask for an empty text in data.x; null asks for a missing value.'],
  ["data.x|contains: ''", '8:22 contains needs a text.'],
  ['data.x|startswith: null', '8:24 startswith needs a text.'],
  ['data.x: [a, null]', '8:17 null stands alone, never in a list: make another search for it.'],
  ['data.x: []', '8:13 The list is empty.'],
  ['data.x: {a: b}', '8:13 A value is a text, a number, true, false or null, or a list of them.'],
  ['data.x: [[a]]', '8:14 A value is a text, a number, true, false or null, or a list of them.'],
  ['data.x|contains|all: a', '8:26 The modifier all is for two values or more.'],
  ['data.x|contains|all: [a]', '8:26 The modifier all is for two values or more.'],
  ['data.x|exists: yes', '8:20 exists is true or false.'],
  ['data.x|exists: [true]', '8:20 exists is true or false.'],
  ['data.x|contain: a', '8:12 "contain" is no modifier; did you mean contains?'],
  [
    'data.x|foo: a',
    '8:12 "foo" is no modifier; known are contains, startswith, endswith, cidr, exists, lt, lte, gt, gte, all, neq',
  ],
  ['data.x|contains|contains: a', '8:21 The modifier contains stands here twice.'],
  ['data.x|contains|startswith: a', '8:21 The modifiers contains and startswith do not go together.'],
  ['data.x|gt|all: [1, 2]', '8:5 The modifiers all and gt do not go together.'],
  ['data.x|all|neq: [a, b]', '8:5 The modifiers all and neq do not go together.'],
  ['data.x|exists|neq: true', '8:5 The modifiers neq and exists do not go together.'],
  ["'|contains': a", '8:5 Keywords take no modifier but all.'],
  ["'|contains|all': [a, b]", '8:5 Keywords take no modifier but all.'],
  ["'': a", '8:5 Keywords take no modifier but all.'],
  ["- ''", '8:7 The quoted text is empty.'],
  ['- null', '8:7 A keyword is a text or a number.'],
  ['- [a]', '8:7 A keyword is a text or a number.'],
  ['[]', '8:5 The list is empty.'],
  ['{}', '8:5 The map is empty.'],
  ['just text', '8:5 "selection" is a map of fields, or a list of maps or of keywords.'],
  [`data.x: ${'a*'.repeat(21)}`, '8:13 A term holds at most 20 wildcards.'],
  ['data.x: 9007199254740993', '8:13 Numbers hold integers up to ±(2^53-1); a longer one stands in quotes.'],
  ['data.x: .nan', '8:13 ".nan" is no text, number, true, false or null.'],
  ['data.x: .inf', '8:13 ".inf" is no text, number, true, false or null.'],
  [
    'type: *x',
    '8:11 There is no anchor &x before this alias; a text that begins with a star stands in quotes.',
  ],
  ['type: a\ntype: b', '9:5 "type" stands here twice.'],
])('the selection %s is refused by name, at its place', (selection, fault) => {
  expect(faultsOfSelection(selection)).toEqual([fault])
})

// What follows the header begins with line 6.
const plain = 'detection:\n  sel: {type: query}\n  condition: sel\n'

test.each([
  ['detection:\n  sel: {type: query}\n', '7:3 detection needs a condition.'],
  ['detection: x\n', '6:12 detection is a map.'],
  [
    'detection:\n  and: {type: x}\n  condition: 1 of *\n',
    '7:3 "and" is a word of conditions, no name of a search.',
  ],
  [
    'detection:\n  s e l: {type: x}\n  condition: 1 of *\n',
    '7:3 The name of a search has letters, digits, _ and - alone.',
  ],
  [
    'detection:\n  sel: {type: x}\n  timeframe: 5m\n  condition: sel\n',
    '8:3 timeframe is that of old Sigma: write a correlation with a timespan.',
  ],
  [`${plain}timeframe: 5m\n`, '9:1 timeframe is that of old Sigma: write a correlation with a timespan.'],
  [
    `${plain}action: global\n`,
    '9:1 action (of old Sigma) is not supported: each document is a rule of its own.',
  ],
  [
    `${plain}filter: {rules: [x]}\n`,
    '9:1 Sigma filters are not supported: a rule has exclusions in the app.',
  ],
  [`${plain}<<: {level: low}\n`, '9:1 Merge keys of YAML are not supported: write the keys.'],
  [`${plain}alerts: {}\n`, '9:1 "alerts" is no key of a rule: did you mean alert?'],
  [`${plain}generate: true\n`, '9:1 generate is for correlations.'],
  [
    `${plain}logsource: {category: process_creation}\n`,
    '9:13 The logsource has no category here: say source or type in the detection.',
  ],
  [
    `${plain}logsource: {service: sshd}\n`,
    '9:13 The logsource has no service here: say source or type in the detection.',
  ],
  [`${plain}logsource: {product: windows}\n`, '9:22 product is one of aleph_audit_log.'],
  [`${plain}taxonomy: mine\n`, '9:11 taxonomy is one of sigma, aleph_audit_log.'],
  [
    `${plain}tags: [attack]\n`,
    '9:8 A tag has a namespace, such as attack.t1110, in small letters, digits, _ , - and dots.',
  ],
  [`${plain}tags: [a.b, a.b]\n`, '9:13 "a.b" stands in tags twice.'],
  [`${plain}references: https://x\n`, '9:13 references is a list of texts.'],
  [`${plain}falsepositives: {}\n`, '9:17 falsepositives is a text or a list of texts.'],
  [`${plain}date: 22/11/2026\n`, '9:7 date is a day such as 2026-11-22.'],
  [`${plain}modified: 2026-13-01\n`, '9:11 modified is a day such as 2026-11-22.'],
  [`${plain}author: [Ann]\n`, '9:9 author holds text; what reads like something else stands in quotes.'],
  [
    `${plain}related: [{id: x, type: derived}]\n`,
    '9:16 The id is a UUID such as 0e95725d-7320-415d-80f7-004da920fc11.',
  ],
  [
    `${plain}related: [{id: 0e95725d-7320-415d-80f7-004da920fc11, type: brother}]\n`,
    '9:60 type is one of derived, obsolete, merged, renamed, similar.',
  ],
  [`${plain}scope: server\n`, '9:8 scope is a list of texts.'],
  ['alert: {}\n', '1:1 A rule needs a detection or a correlation.'],
  [`${plain}alert: {groupby: [person]}\n`, '9:9 "groupby" is no key of alert: did you mean group-by?'],
  [`${plain}alert: {group-by: person}\n`, '9:19 group-by is a list of texts.'],
  [`${plain}alert: {group-by: [actor]}\n`, '9:20 actor finds events; person groups them.'],
  [`${plain}alert: {group-by: [person, person]}\n`, '9:28 "person" stands in group-by twice.'],
  [
    `${plain}alert: {group-by: [person, ip, tool, type, kind, table]}\n`,
    '9:19 group-by has at most 5 values.',
  ],
  [`${plain}alert: {summary: ''}\n`, '9:18 summary holds no empty text.'],
  [`${plain}alert: {summary: '${'x'.repeat(501)}'}\n`, '9:18 summary is at most 500 characters long.'],
  [
    `${plain}alert: {summary: '{count} x {value}'}\n`,
    '9:29 Nothing stands for {value} in a rule of this kind.',
  ],
  [`${plain}alert: {summary: 'a } b'}\n`, '9:21 Braces stand around a placeholder, such as {person}.'],
])('the rule with %s is refused by name, at its place', (text, fault) => {
  expect(faultsOf(`${header}${text}`)).toEqual([fault])
})

test.each([
  ['a title that is missing', 'id: 0e95725d-7320-415d-80f7-004da920fc11\n', '1:1 A rule needs a title.'],
  [
    'a title that is too long',
    `title: ${'x'.repeat(257)}\nid: 0e95725d-7320-415d-80f7-004da920fc11\n`,
    '1:8 title is at most 256 characters long.',
  ],
  [
    'a title that is a number',
    'title: 5\nid: 0e95725d-7320-415d-80f7-004da920fc11\n',
    '1:8 title holds text; what reads like something else stands in quotes.',
  ],
  [
    'an id that is missing',
    'title: A\n',
    '1:1 A rule needs an id: a UUID of its own, such as uuidgen makes.',
  ],
  [
    'an id that is none',
    'title: A\nid: mine\n',
    '2:5 The id is a UUID such as 0e95725d-7320-415d-80f7-004da920fc11.',
  ],
  [
    'a name with spaces',
    'title: A\nid: 0e95725d-7320-415d-80f7-004da920fc11\nname: a b\n',
    '3:7 A name has letters, digits, _ , - and . alone.',
  ],
  [
    'an unknown level',
    'title: A\nid: 0e95725d-7320-415d-80f7-004da920fc11\nlevel: hihg\n',
    '3:8 level is one of informational, low, medium, high, critical.',
  ],
  [
    'an unknown status',
    'title: A\nid: 0e95725d-7320-415d-80f7-004da920fc11\nstatus: new\n',
    '3:9 status is one of stable, test, experimental, deprecated, unsupported.',
  ],
])('%s is refused at its place', (_, top, fault) => {
  expect(faultsOf(`${top}${plain}`)).toEqual([fault])
})

test('a rule that is no map is refused, and nothing at all is no rule', () => {
  expect(faultsOf('- a\n')).toEqual(['1:1 A rule is a map with title, id and detection.'])
  expect(faultsOf('')).toEqual([])
  expect(faultsOf('# only a comment\n---\n---\n')).toEqual([])
})

test.each([
  ['a: [b\n', /^2:1 This is no YAML: /],
  ['a: b: c\n', /^1:4 This is no YAML: /],
  ['%YAML 1.1\n---\na: yes\n', /^1:1 Rules are YAML 1\.2\.$/],
  ['a: !!binary aGk=\n', /^1:4 This is no YAML: /],
  ['? [a]\n: b\n', /^1:3 This is no YAML: /],
  ['a: &x [*x]\n', /^1:\d+ Lists and maps stand at most 20 deep in each other\.$/],
])('the YAML %j is refused', (text, fault) => {
  expect(faultsOf(text)[0]).toMatch(fault)
})

test('a fault of one document leaves the others, and is told with their number', () => {
  const good = `${header}${plain}`
  const [problem, ...rest] = faultsOf(`${good}---\ntitle: B\n---\n${good}`)
  expect(problem).toBe('10:1 A rule needs an id: a UUID of its own, such as uuidgen makes.')
  expect(rest).toEqual(['10:1 A rule needs a detection or a correlation.'])
})
