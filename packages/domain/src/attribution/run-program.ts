import type { Program } from './compile-pattern.ts'

/** A way through the program that is still open: where it stands, and what its groups have found so far. */
type Thread = { at: number; slots: readonly number[] }

/**
 * Looks for the first place where a program matches, and of the matches there for the one that JavaScript would take.
 * Returns start and end of each group, -1 where it took no part; undefined without a match. No instruction is visited
 * twice at one place of the text, so the time is at most text times program.
 */
export function runProgram({ instructions, groups }: Program, text: string): readonly number[] | undefined {
  const empty: readonly number[] = Array.from({ length: 2 * groups.length }, () => -1)
  const visited = new Int32Array(instructions.length).fill(-1)
  let matched: readonly number[] | undefined
  let threads: Thread[] = []
  for (let place = 0; place <= text.length; place++) {
    const next: Thread[] = []
    // A match that begins further left is preferred, so a new one begins behind those that are open.
    if (matched === undefined) threads.push({ at: 0, slots: empty })
    else if (threads.length === 0) break
    const open: Thread[] = []
    for (const thread of threads) follow(thread, place, open)
    for (const { at, slots } of open) {
      const instruction = instructions[at]
      if (instruction?.op === 'match') {
        matched = slots
        // The ways behind this one are less preferred.
        break
      }
      if (instruction?.op === 'unit' && place < text.length && instruction.test(text.charCodeAt(place))) {
        next.push({ at: at + 1, slots })
      }
    }
    threads = next
  }
  return matched

  /** Adds all that can be reached from a thread without taking a character, in the order of preference. */
  function follow(from: Thread, place: number, open: Thread[]): void {
    const stack = [from]
    for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
      const { at, slots } = thread
      if (visited[at] === place) continue
      visited[at] = place
      const instruction = instructions[at]
      switch (instruction?.op) {
        case 'jump':
          stack.push({ at: instruction.to, slots })
          break
        case 'split':
          stack.push({ at: instruction.second, slots }, { at: instruction.first, slots })
          break
        case 'save':
          stack.push({ at: at + 1, slots: slots.with(instruction.slot, place) })
          break
        case 'start':
          if (place === 0) stack.push({ at: at + 1, slots })
          break
        case 'end':
          if (place === text.length) stack.push({ at: at + 1, slots })
          break
        case 'unit':
        case 'match':
          open.push(thread)
          break
        case undefined:
      }
    }
  }
}
