import { createServer } from 'node:http'
import { answerRequests } from '../worker.ts'

/** What any Node server needs at least for one event: read the body, parse it, answer 201 with JSON. Keeps nothing. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const event: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    const body = JSON.stringify({ accepted: typeof event === 'object' ? 1 : 0 })
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
})

/** Any request: starts it and answers with its address. */
answerRequests(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})
