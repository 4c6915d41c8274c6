import { AuditError } from '@aleph-audit-log/domain/error'
import type { Positions } from '../store/event-store.ts'

const onePosition = /^([\w-]{1,64}):(\d{1,15})$/
/** More nodes than an installation ever had, and what fits into a header. */
const nodesMax = 400

/** The position of every node as a text, the id of a message of a live tail: `a1b2c3d4e5f6:1042,0f9e8d7c6b5a:77`. */
export function printPositions(positions: Positions): string {
  return [...positions].map(([node, sequence]) => `${node}:${sequence}`).join(',')
}

/** The opposite of `printPositions`. Throws AuditError('invalid') for any other text. */
export function readPositions(text: string): Map<string, number> {
  const positions = new Map<string, number>()
  for (const part of text === '' ? [] : text.split(',', nodesMax + 1)) {
    const [, node, sequence] = onePosition.exec(part) ?? []
    if (node === undefined || positions.has(node) || positions.size === nodesMax) throw badPositions()
    positions.set(node, Number(sequence))
  }
  return positions
}

function badPositions(): AuditError {
  return new AuditError('invalid', 'The live tail cannot go on from there.', {
    problems: [{ path: 'Last-Event-ID', message: 'is not the id of a message of this live tail' }],
  })
}
