import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { message } from '../testing/raw-client.ts'
import { MessageHold } from './message-hold.ts'
import { frontend, frontendRules } from './message-types.ts'
import { MessageWalker } from './message-walker.ts'

const statementBytesMax = 60
const rules = frontendRules({ statementBytesMax, bindBytesMax: 50 })

const passed = {
  sync: message.sync(),
  bind: message.bind('', 's', ['x'.repeat(80)]),
  copyData: message.copyData('y'.repeat(120)),
  flush: message.flush(),
}
const held = {
  short: message.query('select 1'),
  long: message.query(`select '${'z'.repeat(200)}'`),
  execute: message.execute(''),
}

/** What goes out when the held messages are replaced, or not. */
function send(chunks: readonly Buffer[], isReplaced: boolean): Buffer {
  const hold = new MessageHold<'statement'>()
  const walker = new MessageWalker(rules)
  const out: Buffer[] = []
  for (const chunk of chunks) {
    const parts = hold.take(chunk, walker, ({ type }) =>
      type === frontend.query || type === frontend.execute ? 'statement' : undefined,
    )
    for (const { bytes, about, beyond } of parts) {
      if (about === undefined || !isReplaced) out.push(...bytes)
      else {
        out.push(Buffer.from('!'))
        hold.drop(beyond)
      }
    }
  }
  expect(hold.isHolding).toBe(false)
  return Buffer.concat(out)
}

const streams = fc.array(fc.constantFrom(...Object.values(passed), ...Object.values(held)), { maxLength: 12 })
const splits = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 })

function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

test('whatever the split, all bytes go out as they came in where nothing is replaced', () => {
  fc.assert(
    fc.property(streams, splits, (messages, sizes) => {
      const stream = Buffer.concat(messages)
      expect(send(split(stream, sizes), false).equals(stream)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('whatever the split, of what is replaced no byte goes out, and of the rest every one', () => {
  const isHeld = (bytes: Buffer): boolean => Object.values(held).includes(bytes)
  fc.assert(
    fc.property(streams, splits, (messages, sizes) => {
      const expected = Buffer.concat(messages.map((bytes) => (isHeld(bytes) ? Buffer.from('!') : bytes)))
      expect(send(split(Buffer.concat(messages), sizes), true).equals(expected)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})
