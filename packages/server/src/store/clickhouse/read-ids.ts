import type { Positions } from '../event-store.ts'
import type { Engine, QueryParams } from './engine.ts'

/** One answer holds about so many ids, 32 characters each, and the engine several times that: searches run meanwhile. */
const idsPerQuery = 50_000

type Slice = { fromSecond: number; beforeSecond: number; parts: number }

/**
 * Reads ids in slices of time, so that neither the engine nor this process holds many at once. The hours' counts come
 * from a projection when everything is read: 10 M events in milliseconds.
 */
export async function readIds(
  engine: Engine,
  beyond: Positions,
  onIds: (ids: Buffer) => void,
): Promise<Positions> {
  const { where, params } = whereBeyond(beyond)
  const newest = await readPositions(engine, where, params)
  if (newest.size > 0) {
    for (const slice of await sliceByTime(engine, where, params)) {
      for (let part = 0; part < slice.parts; part++) {
        const [line = ''] = await engine.queryLines(
          'long',
          // As hex digits: joined as bytes, ids that end with zeros would lose them.
          `SELECT arrayStringConcat(groupArray(hex(UUIDToNum(id))))
           FROM events
           WHERE ${where}
             AND occurred_at >= fromUnixTimestamp64Milli({from:Int64} * 1000, 'UTC')
             AND occurred_at < fromUnixTimestamp64Milli({before:Int64} * 1000, 'UTC')
             AND cityHash64(id) % {parts:UInt32} = {part:UInt32}`,
          { ...params, from: slice.fromSecond, before: slice.beforeSecond, parts: slice.parts, part },
        )
        onIds(Buffer.from(line, 'hex'))
      }
    }
  }
  return new Map([...beyond, ...newest])
}

async function readPositions(engine: Engine, where: string, params: QueryParams): Promise<Positions> {
  const lines = await engine.queryLines(
    'long',
    `SELECT
       node,
       max(sequence)
     FROM events
     WHERE ${where}
     GROUP BY node`,
    params,
  )
  return new Map(
    lines.map((line) => {
      const [node = '', sequence = ''] = line.split('\t')
      return [node, Number(sequence)]
    }),
  )
}

function whereBeyond(beyond: Positions): { where: string; params: QueryParams } {
  if (beyond.size === 0) return { where: '1', params: {} }
  const params: QueryParams = { nodes: [...beyond.keys()] }
  const terms = [...beyond].map(([node, sequence], i) => {
    params[`node_${i}`] = node
    params[`sequence_${i}`] = sequence
    return `(node = {node_${i}:String} AND sequence > {sequence_${i}:UInt64})`
  })
  return { where: `(node NOT IN {nodes:Array(String)} OR ${terms.join(' OR ')})`, params }
}

async function sliceByTime(engine: Engine, where: string, params: QueryParams): Promise<Slice[]> {
  const lines = await engine.queryLines(
    'long',
    `SELECT
       toUnixTimestamp(toStartOfHour(occurred_at)) AS hour,
       count()
     FROM events
     WHERE ${where}
     GROUP BY hour
     ORDER BY hour`,
    params,
  )
  const slices: (Slice & { ids: number })[] = []
  for (const line of lines) {
    const [hour = 0, ids = 0] = line.split('\t').map(Number)
    const open = slices.at(-1)
    if (open && open.ids + ids <= idsPerQuery) {
      open.beforeSecond = hour + 3600
      open.ids += ids
    } else {
      slices.push({
        fromSecond: hour,
        beforeSecond: hour + 3600,
        parts: Math.ceil(ids / idsPerQuery),
        ids,
      })
    }
  }
  return slices
}
