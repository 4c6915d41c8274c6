import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { header, message, typed } from '../testing/raw-client.ts'
import { backendRules, frontendRules } from './message-types.ts'
import { MessageWalker } from './message-walker.ts'
import { ProtocolFault } from './protocol-fault.ts'

const rules = frontendRules({ statementBytesMax: 100, bindBytesMax: 50 })

type Told = { type: string; length: number; body: string; isCut: boolean }

/** What the walker tells of these chunks. */
function walk(chunks: readonly Buffer[], walker = new MessageWalker(rules)): Told[] {
  const told: Told[] = []
  for (const chunk of chunks) {
    walker.feed(chunk)
    while (walker.next()) {
      const { type, length, body, bodyStart, bodyEnd, isCut } = walker
      told.push({
        type: String.fromCharCode(type),
        length,
        body: body.toString('latin1', bodyStart, bodyEnd),
        isCut,
      })
    }
  }
  return told
}

/** The same bytes in pieces of these sizes, over and over. */
function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const stream = Buffer.concat([
  message.query('select 1'),
  message.parse('s', 'select 2'),
  message.bind('', 's', ['x'.repeat(200)]),
  message.copyData('y'.repeat(300)),
  message.sync(),
  message.query('z'.repeat(500)),
  message.password('secret'),
  message.terminate(),
])

test('messages are told in order, with the bodies that are needed, as far as they are needed', () => {
  expect(walk([stream]).map(({ type, length, body, isCut }) => [type, length, body.length, isCut])).toEqual([
    ['Q', 13, 9, false],
    ['P', 17, 13, false],
    ['B', 217, 50, true],
    ['d', 304, 0, true],
    ['S', 4, 0, false],
    ['Q', 505, 100, true],
    ['p', 11, 0, true],
    ['X', 4, 0, false],
  ])
})

test('split in two at any place, a stream is the same messages', () => {
  const whole = walk([stream])
  for (let at = 0; at <= stream.length; at++) {
    expect(walk([stream.subarray(0, at), stream.subarray(at)])).toEqual(whole)
  }
})

test('split in any way, a stream is the same messages', () => {
  const whole = walk([stream])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 }), (sizes) => {
      expect(walk(split(stream, sizes))).toEqual(whole)
    }),
    { numRuns: 500 },
  )
})

test('a body that lies in one chunk is not copied', () => {
  const walker = new MessageWalker(rules)
  const chunk = message.query('select 1')
  walker.feed(chunk)
  expect(walker.next()).toBe(true)
  expect(walker.body).toBe(chunk)
})

test('a body takes what has come of it, not what its header tells', () => {
  const walker = new MessageWalker(frontendRules({ statementBytesMax: 2 ** 29, bindBytesMax: 50 }))
  const before = process.memoryUsage().arrayBuffers
  walker.feed(Buffer.concat([header('Q', 500_000_000), Buffer.from('select')]))
  expect(walker.next()).toBe(false)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
})

test('up to where a chunk can be passed on is told', () => {
  const walker = new MessageWalker(rules)
  const first = message.sync()
  walker.feed(Buffer.concat([first, header('Q', 30)]))
  while (walker.next());
  expect(walker.readyTo).toBe(first.length)
  walker.feed(Buffer.from('select'))
  expect(walker.next()).toBe(false)
  expect(walker.readyTo).toBe(0)
})

describe('a message that none may send', () => {
  const cases: [string, Buffer, string][] = [
    ['of length 0', header('Q', 0), 'bad_length'],
    ['of length 3', header('Q', 3), 'bad_length'],
    ['of length -1', header('Q', -1), 'bad_length'],
    ['of the smallest length there is', header('d', -(2 ** 31)), 'bad_length'],
    ['of 2 GB', header('Q', 2 ** 31 - 1), 'too_long'],
    ['of 1 GB', header('d', 2 ** 30), 'too_long'],
    ['of type Sync with a long body', header('S', 10_001), 'too_long'],
    ['of type Execute with a long name', header('E', 10_001), 'too_long'],
    ['of type password with more than a token', header('p', 65_536), 'too_long'],
    ['of an unknown type', header('z', 4), 'unknown_type'],
    ['of type zero', header('\0', 4), 'unknown_type'],
    ['of type 255', typed(255), 'unknown_type'],
    ['in HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'unknown_type'],
  ]
  test.each(cases)('%s is a fault with a name', (_, bytes, kind) => {
    for (const chunks of [[bytes], split(bytes, [1])]) {
      try {
        walk(chunks)
        expect.unreachable()
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolFault)
        expect(error).toMatchObject({ kind })
      }
    }
  })

  test('of the other direction is unknown where its type is', () => {
    expect(() => walk([typed('1')])).toThrow('invalid message type')
    expect(() => walk([typed('P')], new MessageWalker(backendRules()))).toThrow('invalid message type')
  })
})

test('whatever bytes come, a walker tells messages or a fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        walk([Buffer.from(bytes)])
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolFault)
      }
    }),
    { numRuns: 2000 },
  )
})
