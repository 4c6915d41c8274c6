import type { PatternTree, UnitTest } from './parse-pattern.ts'

/** `split`: go on at both, the first is preferred. `save`: note the place as the start or end of a group. */
export type Instruction =
  | { op: 'unit'; test: UnitTest }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { op: 'save'; slot: number }
  | { op: 'start' }
  | { op: 'end' }
  | { op: 'match' }

export type Program = { instructions: readonly Instruction[]; groups: readonly string[] }

/** Repetitions are written out, so a short pattern could become a long program. */
const instructionsMax = 1000

/** Turns a tree into instructions. Throws SyntaxError if there would be too many. */
export function compilePattern(tree: PatternTree, groups: readonly string[]): Program {
  const instructions: Instruction[] = []
  emit(instructions, tree)
  push(instructions, { op: 'match' })
  return { instructions, groups }
}

function push(out: Instruction[], instruction: Instruction): number {
  if (out.length >= instructionsMax) throw new SyntaxError('is too large: repeat less')
  return out.push(instruction) - 1
}

function emit(out: Instruction[], tree: PatternTree): void {
  switch (tree.kind) {
    case 'empty':
      return
    case 'set':
      push(out, { op: 'unit', test: tree.test })
      return
    case 'start':
    case 'end':
      push(out, { op: tree.kind })
      return
    case 'sequence':
      for (const part of tree.parts) emit(out, part)
      return
    case 'group':
      push(out, { op: 'save', slot: 2 * tree.index })
      emit(out, tree.of)
      push(out, { op: 'save', slot: 2 * tree.index + 1 })
      return
    case 'choice':
      return emitChoice(out, tree.options)
    case 'repeat':
      return emitRepeat(out, tree)
  }
}

function emitChoice(out: Instruction[], options: PatternTree[]): void {
  const jumps: number[] = []
  for (const [i, option] of options.entries()) {
    if (i === options.length - 1) {
      emit(out, option)
      break
    }
    const split = push(out, { op: 'split', first: 0, second: 0 })
    emit(out, option)
    jumps.push(push(out, { op: 'jump', to: 0 }))
    out[split] = { op: 'split', first: split + 1, second: out.length }
  }
  for (const jump of jumps) out[jump] = { op: 'jump', to: out.length }
}

function emitRepeat(out: Instruction[], tree: Extract<PatternTree, { kind: 'repeat' }>): void {
  const { of, min, max, isGreedy } = tree
  for (let i = 0; i < min; i++) emit(out, of)
  const split = (at: number, inside: number, behind: number): void => {
    out[at] = isGreedy
      ? { op: 'split', first: inside, second: behind }
      : { op: 'split', first: behind, second: inside }
  }
  if (max === undefined) {
    const start = push(out, { op: 'jump', to: 0 })
    emit(out, of)
    push(out, { op: 'jump', to: start })
    split(start, start + 1, out.length)
    return
  }
  const starts: number[] = []
  for (let i = min; i < max; i++) {
    starts.push(push(out, { op: 'jump', to: 0 }))
    emit(out, of)
  }
  for (const start of starts) split(start, start + 1, out.length)
}
