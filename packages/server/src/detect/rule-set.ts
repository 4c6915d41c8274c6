import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { linkRules } from '@aleph-audit-log/domain/detect/link-rules'
import { readRules, type ReadRule } from '@aleph-audit-log/domain/detect/read-rules'
import { ruleLimits, type Rule } from '@aleph-audit-log/domain/detect/rule'
import { isAuditError } from '@aleph-audit-log/domain/error'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { readRulesVersion, readStoredRules, type StoredRule } from '../settings/detections/detection-rules.ts'
import type { Settings } from '../settings/open-settings.ts'
import { excludeEvents } from './exclude-events.ts'
import type { RuleChange } from './rule-change.ts'
import { documentAt } from './rule-document.ts'

/** Where a rule is written: in a file of the product, in one of the operator, or in the settings of a workspace. */
export type RuleOrigin = 'shipped' | 'operator' | 'workspace'

/** A rule with everything that is said of it; `rule` is undefined where its text cannot be used. */
export type RuleEntry = {
  id: string
  origin: RuleOrigin
  file: string | undefined
  /** Its own document, as it is written. */
  source: string
  /** Whether there is another one without the text of the workspace. */
  isShipped: boolean
  rule: Rule | undefined
  isEnabled: boolean
  exclusions: string
  problems: string[]
}

export type WorkspaceRules = {
  /** Those that run: shown and hidden ones that others need. */
  rules: readonly Rule[]
  entries: readonly RuleEntry[]
  /** Another one whenever one of the rules is. */
  version: number
}

export type RuleSet = {
  of: (workspaceId: string) => WorkspaceRules
  /** The rules that ran before some changes; of several changes of a rule the last one holds. */
  before: (workspaceId: string, changes: readonly RuleChange[]) => readonly Rule[]
  /** Looks for changes of files and settings. */
  refresh: () => Promise<void>
  findProblems: () => string[]
}

export type RuleSetOptions = {
  settings: Pick<Settings, 'db'>
  shippedDir: string
  /** The folder of the operator, if there is one. */
  operatorDir: string | undefined
}

type RuleFile = {
  name: string
  origin: 'shipped' | 'operator'
  text: string
  rules: ReadRule[]
  problems: string[]
}

/** A folder with more is not read further, and its problems say so. */
const filesMax = 500

/**
 * The rules of all workspaces: shipped ones, those of the operator's folder, and what workspaces have written or changed.
 * A rule of the operator takes the place of a shipped one with the same id, one of the workspace that of both. What cannot
 * be read is a problem with a name, and the rest runs.
 */
export async function openRuleSet({ settings, shippedDir, operatorDir }: RuleSetOptions): Promise<RuleSet> {
  let files: RuleFile[] = []
  let stored: StoredRule[] = []
  let known: { files: string; settings: string } | undefined
  let version = 0
  let made = new Map<string, WorkspaceRules>()
  const read = async (): Promise<void> => {
    const shipped = await readFolder(shippedDir, 'shipped')
    const own = operatorDir === undefined ? [] : await readFolder(operatorDir, 'operator')
    const texts = JSON.stringify([shipped, own])
    const settingsVersion = await readRulesVersion(settings)
    if (known?.files === texts && known.settings === settingsVersion) return
    if (known?.files !== texts) files = [...shipped, ...own].map(toRuleFile)
    stored = await readStoredRules(settings)
    known = { files: texts, settings: settingsVersion }
    version++
    made = new Map()
  }
  // One after the other, so that what was read first is not kept last.
  let reading: Promise<void> = Promise.resolve()
  const refresh = async (): Promise<void> => {
    const next = reading.then(read)
    reading = next.catch(() => undefined)
    await next
  }
  await refresh()
  return {
    refresh,
    of: (workspaceId) => {
      const rules =
        made.get(workspaceId) ??
        rulesOf(
          files,
          stored.filter((row) => row.workspaceId === workspaceId),
          version,
        )
      made.set(workspaceId, rules)
      return rules
    },
    before: (workspaceId, changes) => {
      const rows = new Map(
        stored.filter((row) => row.workspaceId === workspaceId).map((row) => [row.ruleId, row]),
      )
      for (const { ruleId, isEnabled, exclusions, source } of changes) {
        const text = source ?? rows.get(ruleId)?.source
        rows.set(ruleId, { workspaceId, ruleId, source: text, isEnabled, exclusions })
      }
      return rulesOf(files, [...rows.values()], version).rules
    },
    findProblems: () =>
      files
        .filter(({ problems }) => problems.length > 0)
        .map(
          ({ name, problems }) => `The rules in ${name} cannot be used: ${problems.slice(0, 3).join(' ')}`,
        ),
  }
}

type RuleText = { name: string; origin: RuleFile['origin']; text: string; fault?: string }

async function readFolder(folder: string, origin: RuleFile['origin']): Promise<RuleText[]> {
  let names: string[]
  try {
    names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort()
  } catch (error) {
    return [{ name: folder, origin, text: '', fault: `The folder cannot be read (${codeOf(error)}).` }]
  }
  const texts = await Promise.all(
    names.slice(0, filesMax).map(async (name): Promise<RuleText> => {
      try {
        return { name, origin, text: await readFile(join(folder, name), 'utf8') }
      } catch (error) {
        return { name, origin, text: '', fault: `The file cannot be read (${codeOf(error)}).` }
      }
    }),
  )
  const rest = names.length - filesMax
  if (rest <= 0) return texts
  return [...texts, { name: folder, origin, text: '', fault: `${rest} files are too many, and not read.` }]
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

function toRuleFile({ name, origin, text, fault }: RuleText): RuleFile {
  if (fault !== undefined) return { name, origin, text, rules: [], problems: [fault] }
  const { rules, problems } = readRules(text)
  const told = problems.map(({ line, column, message }) => `Line ${line}, column ${column}: ${message}`)
  return { name, origin, text, rules, problems: told }
}

type WrittenRule = { rule: ReadRule; origin: RuleOrigin; file: string | undefined; source: string }

function rulesOf(files: readonly RuleFile[], stored: readonly StoredRule[], version: number): WorkspaceRules {
  const written = new Map<string, WrittenRule>()
  for (const { name, origin, text, rules } of files) {
    for (const rule of rules)
      written.set(rule.id, { rule, origin, file: name, source: documentAt(text, rule.place.line) })
  }
  const shipped = new Set(written.keys())
  const problems = new Map<string, string[]>()
  const note = (id: string, message: string): void => {
    problems.set(id, [...(problems.get(id) ?? []), message])
  }
  for (const { ruleId, source } of stored) {
    if (source === undefined) continue
    const own = readRules(source)
    for (const { line, column, message } of own.problems)
      note(ruleId, `Line ${line}, column ${column}: ${message}`)
    const rule = own.rules.find(({ id }) => id === ruleId)
    if (rule === undefined) written.delete(ruleId)
    else written.set(ruleId, { rule, origin: 'workspace', file: undefined, source })
  }
  const rowOf = new Map(stored.map((row) => [row.ruleId, row]))
  const isEnabled = (id: string): boolean => rowOf.get(id)?.isEnabled ?? true
  const linked = linkRules(
    [...written.values()].map(({ rule }) => rule),
    isEnabled,
  )
  for (const { ruleId, line, column, message } of linked.problems)
    note(ruleId, `Line ${line}, column ${column}: ${message}`)
  let running = neededRules(linked.rules, isEnabled)
  for (const { ruleId, exclusions } of stored) {
    const excluded = readExclusions(exclusions, (message) => note(ruleId, message))
    if (excluded !== undefined) running = excludeEvents(running, ruleId, excluded)
  }
  const byId = new Map(linked.rules.map((rule) => [rule.id, rule]))
  const ids = new Set([...written.keys(), ...stored.map(({ ruleId }) => ruleId)])
  const entries = [...ids].map((id): RuleEntry => ({
    id,
    origin: written.get(id)?.origin ?? 'workspace',
    file: written.get(id)?.file,
    source: written.get(id)?.source ?? rowOf.get(id)?.source ?? '',
    isShipped: shipped.has(id),
    rule: byId.get(id),
    isEnabled: isEnabled(id),
    exclusions: rowOf.get(id)?.exclusions ?? '',
    problems: problems.get(id) ?? [],
  }))
  return { rules: running, entries, version }
}

/** Undefined: nothing is left out. */
function readExclusions(text: string, onFault: (message: string) => void): Filter | undefined {
  if (text.trim() === '') return undefined
  try {
    return parseFilter(text)
  } catch (error) {
    if (!isAuditError(error, 'invalid')) throw error
    onFault(`The exclusions cannot be read: ${error.message}`)
    return undefined
  }
}

/** Rules that are on, and what they look at; what is off and needed raises no alerts of its own. */
function neededRules(rules: readonly Rule[], isEnabled: (id: string) => boolean): Rule[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  const needed = new Set<string>()
  const need = (id: string): void => {
    const rule = byId.get(id)
    if (rule === undefined || needed.has(id)) return
    needed.add(id)
    if (rule.condition.kind === 'correlation') for (const one of rule.condition.rules) need(one.id)
  }
  for (const { id, isShown } of rules) if (isShown && isEnabled(id)) need(id)
  return rules
    .filter(({ id }) => needed.has(id))
    .map((rule) => (isEnabled(rule.id) ? rule : { ...rule, isShown: false }))
    .slice(0, ruleLimits.rulesMax)
}
