import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSettings, type Settings } from '../settings/open-settings.ts'
import { openRuleSet, type RuleSet } from './rule-set.ts'

const idOf = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`

const plain = (n: number, title: string): string => `
title: ${title}
id: ${idOf(n)}
name: rule_${n}
detection: {selection: {type: query}, condition: selection}
`
const correlation = `
title: Many
id: ${idOf(9)}
correlation:
  type: event_count
  rules: [rule_1]
  timespan: 5m
  condition: {gte: 3}
`

describe('the rules of a workspace', () => {
  let dir: string
  let shippedDir: string
  let operatorDir: string
  let settings: Settings
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'rule-set-'))
    ;[shippedDir, operatorDir] = [await mkdtemp(join(dir, 'shipped-')), await mkdtemp(join(dir, 'own-'))]
    settings = await openSettings({ path: join(dir, 'settings.sqlite'), now: Date.now })
    for (const id of ['w1', 'w2'])
      await settings.db.insertInto('workspaces').values({ id, name: id, created_at: '' }).execute()
  })
  afterEach(async () => {
    await settings.close()
    await rm(dir, { recursive: true, force: true })
  })

  const open = async (): Promise<RuleSet> => openRuleSet({ settings, shippedDir, operatorDir })
  const say = async (
    workspaceId: string,
    n: number,
    { source, enabled = 1, exclusions = '' }: { source?: string; enabled?: number; exclusions?: string },
  ): Promise<void> => {
    const by = { updated_at: '', updated_by_id: 'u', updated_by_name: 'U', updated_by_email: null }
    await settings.db
      .insertInto('detection_rules')
      .values({
        workspace_id: workspaceId,
        rule_id: idOf(n),
        source: source ?? null,
        enabled,
        exclusions,
        version: 1,
        ...by,
      })
      .execute()
  }
  const titles = (set: RuleSet, workspaceId = 'w1'): string[] =>
    set
      .of(workspaceId)
      .rules.filter(({ isShown }) => isShown)
      .map(({ title }) => title)
      .sort()

  it('are the shipped ones, those of the operator in their place, and those of the workspace in theirs', async () => {
    await writeFile(
      join(shippedDir, 'a.yml'),
      `${plain(1, 'One')}---${plain(2, 'Two')}---${plain(3, 'Three')}`,
    )
    await writeFile(join(operatorDir, 'b.yaml'), plain(2, 'Two of the operator'))
    await say('w1', 3, { source: plain(3, 'Three of the workspace') })
    await say('w1', 4, { source: plain(4, 'Four') })
    await say('w1', 1, { enabled: 0 })
    const set = await open()
    expect(titles(set)).toEqual(['Four', 'Three of the workspace', 'Two of the operator'])
    expect(titles(set, 'w2')).toEqual(['One', 'Three', 'Two of the operator'])
    expect(set.of('w1').entries.find(({ id }) => id === idOf(1))).toMatchObject({
      origin: 'shipped',
      file: 'a.yml',
      isEnabled: false,
    })
    expect(set.findProblems()).toEqual([])
  })

  it('run without what cannot be read, which is told by name', async () => {
    await writeFile(join(shippedDir, 'a.yml'), plain(1, 'One'))
    await writeFile(join(operatorDir, 'bad.yml'), 'title: [')
    await say('w1', 1, { exclusions: 'typ:query' })
    await say('w1', 2, { source: 'nonsense' })
    const set = await open()
    expect(titles(set)).toEqual(['One'])
    expect(set.findProblems()).toEqual([expect.stringContaining('bad.yml')])
    const { entries } = set.of('w1')
    expect(entries.find(({ id }) => id === idOf(1))?.problems).toEqual([
      expect.stringContaining('exclusions'),
    ])
    expect(entries.find(({ id }) => id === idOf(2))).toMatchObject({ rule: undefined })
    await rm(operatorDir, { recursive: true })
    await set.refresh()
    expect(set.findProblems()).toEqual([expect.stringContaining('cannot be read (ENOENT)')])
  })

  it('are others after a change of a file or of the settings, and the same without one', async () => {
    await writeFile(join(shippedDir, 'a.yml'), plain(1, 'One'))
    const set = await open()
    const { version } = set.of('w1')
    await set.refresh()
    expect(set.of('w1').version).toBe(version)
    await writeFile(join(operatorDir, 'b.yml'), plain(1, 'Another'))
    await set.refresh()
    expect(titles(set)).toEqual(['Another'])
    await say('w1', 1, { enabled: 0 })
    await set.refresh()
    expect(titles(set)).toEqual([])
    expect(set.of('w1').version).toBeGreaterThan(version + 1)
  })

  it('raise alerts of their own while the correlation that looks at them is off', async () => {
    await writeFile(join(shippedDir, 'a.yml'), `${plain(1, 'One')}---${correlation}`)
    const set = await open()
    expect(titles(set)).toEqual(['Many'])
    await say('w1', 9, { enabled: 0 })
    await set.refresh()
    expect(titles(set)).toEqual(['One'])
    expect(titles(set, 'w2')).toEqual(['Many'])
  })

  it('keep what a correlation looks at when it is off, and exclude events for the correlation alone', async () => {
    await writeFile(join(shippedDir, 'a.yml'), `${plain(1, 'One')}---${correlation}`)
    await say('w1', 1, { enabled: 0 })
    await say('w1', 9, { exclusions: 'actor:ann@acme.test' })
    const { rules } = (await open()).of('w1')
    expect(rules.filter(({ isShown }) => isShown).map(({ title }) => title)).toEqual(['Many'])
    const [many] = rules.filter(({ id }) => id === idOf(9))
    expect(many?.condition).toMatchObject({ rules: [{ id: `${idOf(1)} of ${idOf(9)}` }] })
    expect(rules.find(({ id }) => id === `${idOf(1)} of ${idOf(9)}`)?.condition).toMatchObject({
      filter: { kind: 'and', terms: [{}, { kind: 'not' }] },
    })
    expect(rules.find(({ id }) => id === idOf(1))?.condition).not.toMatchObject({
      filter: { terms: [{}, {}] },
    })
  })
})
