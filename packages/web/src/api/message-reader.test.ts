import { array, assert, nat, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMessageReader, type StreamMessage } from './message-reader.ts'

const stream = [
  'retry: 2000\n: here\nid: n1:5\n\n',
  'id: n1:6\ndata: {"a":"x: y"}\n\n',
  'data:no space\r\ndata\r\ndata:  two\r\n\r\n',
  'event: other\nid\n\n',
  'id: n1:9\ndata: "שלום 👩‍👩‍👧"\n\n',
  'id: n1:10\ndata: unfinished',
].join('')
const messages: StreamMessage[] = [
  { id: 'n1:5', data: undefined },
  { id: 'n1:6', data: '{"a":"x: y"}' },
  { id: 'n1:6', data: 'no space\n\n two' },
  { id: '', data: undefined },
  { id: 'n1:9', data: '"שלום 👩‍👩‍👧"' },
]

describe('reading server-sent events', () => {
  it('gives the messages that are complete', () => {
    expect(createMessageReader()(stream)).toEqual(messages)
  })

  it('gives the same however the stream is cut', () => {
    assert(
      property(array(nat(stream.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length]
        const read = createMessageReader()
        const found = places.slice(1).flatMap((place, i) => read(stream.slice(places[i], place)))
        expect(found).toEqual(messages)
      }),
    )
  })
})
