import { connect } from 'node:net'
import { message } from '../../packages/server/src/capture/postgres-gateway/testing/raw-client.ts'
import { answerRequests } from '../worker.ts'

/** A query on this port of this machine, whose superuser needs no password. */
export type ReadResultRequest = { port: number; sql: string }

export type ReadResultResult = { bytes: number; seconds: number }

/** How ReadyForQuery outside of a transaction looks. */
const ready = Buffer.from('Z\0\0\0\u0005I')

/** Reads a result as fast as it comes and keeps nothing of it, so that what stands between is what is measured. */
answerRequests(async ({ port, sql }: ReadResultRequest): Promise<ReadResultResult> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.write(message.startup({ user: 'postgres', database: 'postgres' }))
  let bytes = 0
  let isSignedIn = false
  let startMs = 0
  let end = Buffer.alloc(0)
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes += chunk.length
    end = Buffer.concat([end, chunk.subarray(-ready.length)]).subarray(-ready.length)
    if (!end.equals(ready)) continue
    if (isSignedIn) break
    isSignedIn = true
    bytes = 0
    startMs = performance.now()
    socket.write(message.query(sql))
  }
  socket.destroy()
  return { bytes, seconds: (performance.now() - startMs) / 1000 }
})
