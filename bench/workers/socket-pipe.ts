import { connect, createServer, type AddressInfo } from 'node:net'
import { answerRequests } from '../worker.ts'
import type { GatewayRequest, GatewayResult } from './gateway.ts'

/** What any program for Node costs at least that stands between two sockets: it passes on bytes and reads none of them. */
answerRequests(async ({ serverPort }: GatewayRequest): Promise<GatewayResult> => {
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: serverPort, host: '127.0.0.1', noDelay: true })
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It listens on a port, so this is no path.
  return { port: (server.address() as AddressInfo).port }
})
