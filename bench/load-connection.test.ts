import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { LoadConnection } from './load-connection.ts'

let server: Server | undefined
afterEach(() => server?.close())

/** One piece in each turn of the event loop, so that they are received apart. */
function writeAll(socket: Socket, [piece, ...rest]: string[]): void {
  if (piece === undefined) return
  socket.write(piece)
  setImmediate(() => writeAll(socket, rest))
}

/** A server that answers each request with these pieces of bytes, or ends the connection. */
async function answerWith(pieces: string[] | 'end'): Promise<string> {
  const answering = createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('data', () => {
      if (pieces === 'end') socket.destroy()
      else writeAll(socket, pieces)
    })
  })
  server = answering
  await new Promise<void>((resolve) => answering.listen(0, '127.0.0.1', resolve))
  const address = answering.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

const request = Buffer.from('POST / HTTP/1.1\r\n\r\n')

test('an answer counts when its last byte is there, however it was cut', async () => {
  const pieces = ['HTTP/1.1 201 Cre', 'ated\r\ncontent-length: 4\r', '\n\r\n', 'ab', 'cd']
  const connection = await LoadConnection.open(await answerWith(pieces))
  await connection.send(request)
  await connection.send(request)
  connection.close()
})

test('a refused request is an error and no quick answer', async () => {
  const pieces = ['HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy']
  const connection = await LoadConnection.open(await answerWith(pieces))
  await expect(connection.send(request)).rejects.toThrow('busy')
  connection.close()
})

test('a connection that the server ends fails the request and every later one', async () => {
  const url = await answerWith('end')
  const connection = await LoadConnection.open(url)
  await expect(connection.send(request)).rejects.toThrow()
  await expect(connection.send(request)).rejects.toThrow()
  connection.close()
})
