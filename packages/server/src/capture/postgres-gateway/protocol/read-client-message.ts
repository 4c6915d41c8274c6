import type { MessageWalker } from './message-walker.ts'
import { Prepared } from './prepared-statements.ts'
import { readName, zeroIn } from './read-bind.ts'
import { readParameterTypes } from './read-server-message.ts'
import type { SqlText } from './statement-facts.ts'

/** The text of the Query message at which the walker stands. */
export function readQueryText(walker: MessageWalker, encoding: BufferEncoding): SqlText {
  return readText(walker, walker.bodyStart, walker.length - 4, encoding)
}

/** The statement of the Parse message at which the walker stands; with or without its text. */
export function readParse(walker: MessageWalker, encoding: BufferEncoding, keepsText: boolean): Prepared {
  const { body, bodyStart, bodyEnd, length } = walker
  const nameEnd = zeroIn(body, bodyStart, bodyEnd)
  const name = readName(body, bodyStart, nameEnd)
  const textFrom = Math.min(nameEnd + 1, bodyEnd)
  const text = readText(walker, textFrom, length - 4 - (textFrom - bodyStart), encoding)
  const typesFrom = text.isCut ? bodyEnd : Math.min(textFrom + text.bytes + 1, bodyEnd)
  const kept = keepsText ? text : { ...text, sql: undefined }
  return new Prepared(name, kept, readTypes(body, typesFrom, bodyEnd))
}

/** What Describe and Close name: a statement or a portal. */
export function readTarget({ body, bodyStart, bodyEnd }: MessageWalker): {
  isStatement: boolean
  name: string
} {
  const from = Math.min(bodyStart + 1, bodyEnd)
  const to = zeroIn(body, from, bodyEnd)
  return { isStatement: body[bodyStart] === 0x53, name: readName(body, from, to) }
}

/** The portal that an Execute names. */
export function readPortalName({ body, bodyStart, bodyEnd }: MessageWalker): string {
  return readName(body, bodyStart, zeroIn(body, bodyStart, bodyEnd))
}

/** The function that a FunctionCall calls. */
export function readFunctionOid({ body, bodyStart, bodyEnd }: MessageWalker): number {
  return bodyEnd - bodyStart >= 4 ? body.readUInt32BE(bodyStart) : 0
}

/** The text that begins here; `bytes` is what its message still has from here on. */
function readText(walker: MessageWalker, start: number, bytes: number, encoding: BufferEncoding): SqlText {
  const { body, bodyEnd } = walker
  const end = zeroIn(body, start, bodyEnd)
  const isCut = end === bodyEnd && walker.isCut
  return {
    sql: body.toString(encoding, start, end),
    bytes: isCut ? Math.max(0, bytes - 1) : end - start,
    isCut,
  }
}

const noTypes: readonly number[] = []

function readTypes(body: Buffer, from: number, end: number): readonly number[] {
  return from + 2 > end || body.readUInt16BE(from) === 0 ? noTypes : readParameterTypes(body, from, end)
}
