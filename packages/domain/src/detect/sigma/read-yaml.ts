import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml'
import { ruleLimits } from '../rule.ts'
import type { NoteFault, Place } from './faults.ts'
import type { RuleNode } from './rule-node.ts'

/** What YAML may do in rules. */
const yamlLimits = {
  /** Lists and maps in each other. */
  depthMax: 20,
  aliasesMax: 100,
  /** Values with those that aliases repeat. */
  nodesMax: 50_000,
} as const

/**
 * The documents of a text of YAML 1.2, those with a fault left out. Takes time in proportion to the text, whatever stands
 * in it.
 */
export function readYaml(text: string, note: NoteFault): RuleNode[] {
  const whole: Place = { start: 0, end: text.length, path: [] }
  if (new TextEncoder().encode(text).length > ruleLimits.ruleBytesMax) {
    note(whole, `A text of rules has at most ${ruleLimits.ruleBytesMax} bytes.`)
    return []
  }
  const documents = composeDocuments(text, note)
  if (documents === undefined) return []
  if (documents.length > ruleLimits.documentsMax) {
    note(whole, `A text of rules has at most ${ruleLimits.documentsMax} documents.`)
    return []
  }
  const counts = { nodes: 0, aliases: 0 }
  return documents.flatMap((document, i) => {
    const path = documents.length === 1 ? [] : [i]
    const faults = [...document.errors, ...document.warnings]
    for (const { pos, message } of faults) {
      note({ start: pos[0], end: pos[1], path }, `This is no YAML: ${message}`)
    }
    if (faults.length > 0) return []
    if (document.directives?.yaml.version !== '1.2') {
      note({ ...whole, path }, 'Rules are YAML 1.2.')
      return []
    }
    let isWhole = true
    const noteFault: NoteFault = (...fault) => {
      isWhole = false
      return note(...fault)
    }
    const node = convert(document.contents, path, { counts, note: noteFault, anchors: new Map() }, 0)
    return isWhole ? (node ?? []) : []
  })
}

/** Undefined where lists and maps stand too deep in each other, which the composer would follow by recursion. */
function composeDocuments(text: string, note: NoteFault): Document.Parsed[] | undefined {
  const parser = new Parser()
  const composer = new Composer({
    schema: 'core',
    stringKeys: true,
    resolveKnownTags: false,
    // Looked for while converting: the composer compares every key with every other.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const documents: Document.Parsed[] = []
  for (const lexeme of new Lexer().lex(text)) {
    const start = parser.offset
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token))
    // On the stack are also the document and the value itself.
    if (parser.stack.length > yamlLimits.depthMax + 2) {
      note({ start, end: start + 1, path: [] }, tooDeep)
      return undefined
    }
  }
  for (const token of parser.end()) documents.push(...composer.next(token))
  documents.push(...composer.end())
  return documents.filter(({ contents, errors }) => {
    const isEmpty = contents === null || (isScalar(contents) && contents.value === null)
    return !isEmpty || errors.length > 0
  })
}

const tooDeep = `Lists and maps stand at most ${yamlLimits.depthMax} deep in each other.`

type Conversion = {
  counts: { nodes: number; aliases: number }
  note: NoteFault
  anchors: Map<string, Node>
}

function convert(
  node: Node | null,
  path: readonly (string | number)[],
  conversion: Conversion,
  depth: number,
): RuleNode | undefined {
  const { counts, note, anchors } = conversion
  const place: Place = { start: node?.range?.[0] ?? 0, end: node?.range?.[1] ?? 0, path }
  counts.nodes++
  if (counts.nodes > yamlLimits.nodesMax) {
    return noteOnce(counts.nodes === yamlLimits.nodesMax + 1, place, `${yamlLimits.nodesMax} values`, note)
  }
  if (depth > yamlLimits.depthMax) return note(place, tooDeep)
  if (isAlias(node)) {
    counts.aliases++
    if (counts.aliases > yamlLimits.aliasesMax) {
      return noteOnce(
        counts.aliases === yamlLimits.aliasesMax + 1,
        place,
        `${yamlLimits.aliasesMax} aliases`,
        note,
      )
    }
    const target = anchors.get(node.source)
    if (target === undefined) {
      const message = `There is no anchor &${node.source} before this alias; a text that begins with a star stands in quotes.`
      return note(place, message, `'*${node.source}'`)
    }
    return convert(target, path, conversion, depth + 1)
  }
  if (node !== null && 'anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, node)
  if (isMap(node)) return convertMap(node, place, conversion, depth)
  if (isSeq(node)) {
    const items = node.items.map((item, i) =>
      // A parsed list holds nodes alone.
      convert(item as Node | null, [...path, i], conversion, depth + 1),
    )
    return { ...place, kind: 'list', items: items.filter((item) => item !== undefined) }
  }
  return convertScalar(isScalar(node) ? node : null, place, note)
}

/** A limit of the whole text is told where it is passed, not for all that follows. */
function noteOnce(isFirst: boolean, place: Place, limit: string, note: NoteFault): undefined {
  return isFirst ? note(place, `A text of rules has at most ${limit}.`) : undefined
}

function convertMap(map: YAMLMap, place: Place, conversion: Conversion, depth: number): RuleNode {
  const entries = new Map<string, { key: Place; value: RuleNode }>()
  // A parsed map holds pairs of nodes alone, and keys are texts (stringKeys).
  for (const { key, value } of map.items as Pair<Node, Node | null>[]) {
    const name = isScalar(key) ? String(key.value) : ''
    const path = [...place.path, name]
    const keyPlace: Place = { start: key.range?.[0] ?? place.start, end: key.range?.[1] ?? place.start, path }
    if (entries.has(name)) {
      conversion.note(keyPlace, `"${name}" stands here twice.`)
      continue
    }
    const node = convert(value, path, conversion, depth + 1)
    if (node === undefined) continue
    // A value that is not written has no place of its own.
    const isWritten = node.end > node.start
    entries.set(name, {
      key: keyPlace,
      value: isWritten ? node : { ...node, start: keyPlace.start, end: keyPlace.end },
    })
  }
  return { ...place, kind: 'map', entries }
}

function convertScalar(
  scalar: { value: unknown; source?: string } | null,
  place: Place,
  note: NoteFault,
): RuleNode | undefined {
  const value = scalar?.value ?? null
  if (value === null) return { ...place, kind: 'null' }
  if (typeof value === 'string') return { ...place, kind: 'text', value }
  if (typeof value === 'boolean') return { ...place, kind: 'truth', value }
  const source = scalar?.source ?? ''
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return note(place, `"${source}" is no text, number, true, false or null.`)
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && !/[.e]/i.test(source)) {
    return note(place, 'Numbers hold integers up to ±(2^53-1); a longer one stands in quotes.', `'${source}'`)
  }
  return { ...place, kind: 'number', value }
}
