import type { Socket } from 'node:net'
import { startupBytesMax, startupLength } from './protocol/startup-packet.ts'

/** A packet of the beginning of a connection, and what came behind it in the same breath. */
export type ReadPacket = { packet: Buffer; rest: Buffer }

/** The first byte of a TLS handshake: what a client sends that needs no SSLRequest. */
const tlsHandshake = 0x16

/**
 * Reads the next packet of a client that has not signed in. `tls` where it begins with TLS at once (its bytes are put
 * back); undefined where the client ended before the packet was complete. Rejects with ProtocolFault.
 */
export function readStartup(socket: Socket): Promise<ReadPacket | 'tls' | undefined> {
  return new Promise((resolve, reject) => {
    let got: Buffer = Buffer.alloc(0)
    const settle = (how: () => void): void => {
      socket.off('readable', onReadable)
      socket.off('end', onEnd)
      socket.off('close', onEnd)
      how()
    }
    const onEnd = (): void => settle(() => resolve(undefined))
    const onReadable = (): void => {
      for (;;) {
        const chunk = socket.read() as Buffer | null
        if (chunk === null) return
        got = got.length === 0 ? chunk : Buffer.concat([got, chunk])
        if (got[0] === tlsHandshake) {
          socket.unshift(got)
          return settle(() => resolve('tls'))
        }
        try {
          const length = startupLength(got)
          if (length !== undefined && got.length >= length) {
            const packet = got.subarray(0, length)
            const rest = got.subarray(length)
            return settle(() => resolve({ packet, rest }))
          }
        } catch (error) {
          return settle(() => reject(error instanceof Error ? error : new Error(String(error))))
        }
        if (got.length > startupBytesMax) return settle(() => resolve(undefined))
      }
    }
    if (socket.destroyed || socket.readableEnded) return onEnd()
    socket.on('readable', onReadable)
    socket.on('end', onEnd)
    socket.on('close', onEnd)
  })
}
