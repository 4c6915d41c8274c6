import { compilePattern, type Program } from './compile-pattern.ts'
import { parsePattern } from './parse-pattern.ts'
import { runProgram } from './run-program.ts'

/**
 * A regular expression that an admin gives for the comments of a login, such as `^\[SQL LAB\] (?<id>\S+)`. JavaScript's
 * own engine goes back and forth in a text, and a pattern can make it do so for hours: it would stop the intake of
 * events. A time limit cannot interrupt it, and whether a pattern is harmless cannot be seen from it with certainty. So
 * patterns are of the subset that needs no going back, and run by a machine that follows all ways through the pattern
 * at once: its time is at most the length of the text times the size of the pattern, and both are bounded. (Thompson's
 * construction with captures, as in Pike's `sam`; see Russ Cox, Regular Expression Matching: the Virtual Machine
 * Approach.)
 */
export type CommentPattern = Program

/** The groups that mean something; others are refused, because a misspelt one would be silent. */
const patternGroups = ['name', 'email', 'id', 'dashboard', 'question', 'query', 'link', 'scheduled'] as const

export const patternLimits = {
  patternUnitsMax: 500,
  /** Of the comment only so much is looked at. */
  textUnitsMax: 1000,
} as const

/**
 * Makes a pattern ready. Throws SyntaxError with a message for the admin: for what is not in the subset (look-around,
 * back references, flags), for unknown group names, for a pattern without any group, and for one that is too large.
 */
export function readCommentPattern(source: string): CommentPattern {
  if (source.length > patternLimits.patternUnitsMax) {
    throw new SyntaxError(`has more than ${patternLimits.patternUnitsMax} characters`)
  }
  const { tree, groups } = parsePattern(source)
  if (groups.length === 0) {
    throw new SyntaxError(`needs a named group, such as (?<name>...); known are ${patternGroups.join(', ')}`)
  }
  const unknown = groups.find((group) => !(patternGroups as readonly string[]).includes(group))
  if (unknown !== undefined) {
    throw new SyntaxError(`has a group ${unknown}; known are ${patternGroups.join(', ')}`)
  }
  return compilePattern(tree, groups)
}

/** What the groups of a pattern found in a text; undefined if it does not match anywhere. Linear in the text. */
export function matchPattern(pattern: CommentPattern, text: string): Map<string, string> | undefined {
  const bounded = text.slice(0, patternLimits.textUnitsMax)
  const slots = runProgram(pattern, bounded)
  if (slots === undefined) return undefined
  const found = new Map<string, string>()
  for (const [i, group] of pattern.groups.entries()) {
    const [start = -1, end = -1] = slots.slice(2 * i, 2 * i + 2)
    if (start >= 0 && end >= 0) found.set(group, bounded.slice(start, end))
  }
  return found
}
