import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What to do with a piece that a client sends: the connection may end before it arrives, or before the answer does. */
type Fate = 'forward' | 'cut_before' | 'cut_after'

export type TcpProxy = {
  /** The same address, but through here. */
  through: (databaseUrl: string) => string
  /** Decides about each piece; by default all are forwarded. */
  decide: (fate: (piece: string) => Fate) => void
  /** From now on nothing goes through, and nobody is told: like a cable that was cut. */
  goSilent: () => void
  close: () => Promise<void>
}

/** A network between a server and PostgreSQL that fails on demand. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let fateOf: (piece: string) => Fate = () => 'forward'
  let isSilent = false
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1')
    const cut = (): void => {
      client.destroy()
      target.destroy()
    }
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => {
        sockets.delete(socket)
        if (!isSilent) cut()
      })
    }
    client.on('data', (data) => {
      if (isSilent) return
      const fate = fateOf(data.toString('latin1'))
      if (fate === 'forward') target.write(data)
      if (fate === 'cut_before') cut()
      // The answer is not waited for: `end` lets PostgreSQL read what was sent.
      if (fate === 'cut_after') target.end(data, () => client.destroy())
    })
    target.on('data', (data) => {
      if (!isSilent && !client.destroyed) client.write(data)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has an address of this kind.
  const { port } = server.address() as AddressInfo
  return {
    through: (databaseUrl) => {
      const url = new URL(databaseUrl)
      url.port = String(port)
      return url.href
    },
    decide: (fate) => {
      fateOf = fate
    },
    goSilent: () => {
      isSilent = true
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
