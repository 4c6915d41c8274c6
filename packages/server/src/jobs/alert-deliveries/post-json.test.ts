import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startWebhookReceiver, type WebhookReceiver } from '../../testing/webhook-receiver.ts'
import { DeliveryFailure } from './delivery-failure.ts'
import { postJson, type Address, type PostOptions } from './post-json.ts'

let receiver: WebhookReceiver
beforeEach(async () => {
  receiver = await startWebhookReceiver()
})
afterEach(async () => {
  await receiver.close()
})

const post = async (url: string, over: Partial<PostOptions> = {}): Promise<number> =>
  postJson(
    new URL(url),
    { headers: { 'x-of': 'the test' }, body: '{"ü":1}' },
    { allowPrivate: true, answerBytesMax: 1000, signal: AbortSignal.timeout(10_000), ...over },
  )
const failureOf = async (promise: Promise<unknown>): Promise<DeliveryFailure> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof DeliveryFailure) return error
  throw new Error(`It did not fail as a delivery does: ${String(error)}`)
}
const at = (...addresses: string[]): Address[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

test('a post arrives as it is, and its status comes back', async () => {
  receiver.answers = [204]
  expect(await post(`${receiver.url}/hook?a=b`)).toBe(204)
  expect(receiver.received).toMatchObject([
    { method: 'POST', path: '/hook?a=b', headers: { 'x-of': 'the test' }, body: '{"ü":1}' },
  ])
})

test.each([
  'http://127.0.0.1:PORT/',
  'http://127.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://[::1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://0.0.0.0:PORT/',
  'http://10.1.2.3:PORT/',
  'http://169.254.169.254/latest/meta-data/',
  'http://[fd00:ec2::254]/',
  'http://localhost:PORT/',
  'https://localhost:PORT/',
])('nothing is sent to %s unless the operator allows it', async (url) => {
  const failure = await failureOf(post(url.replace('PORT', String(receiver.port)), { allowPrivate: false }))
  expect(failure.passes).toBe(false)
  expect(failure.message).toContain('AUDIT_WEBHOOK_ALLOW_PRIVATE')
  expect(receiver.received).toEqual([])
})

test.each([['10.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['2606:4700:4700::1111', '::1'], ['::ffff:192.168.0.1']])(
  'a name that means %s, among others, is refused',
  async (...addresses) => {
    const resolve = vi.fn(async () => at(...addresses))
    const failure = await failureOf(post('https://hooks.test/', { allowPrivate: false, resolve }))
    expect(failure.message).toContain('hooks.test is not on the public internet')
  },
)

test('a name is resolved once, and the connection goes to the address that was looked at', async () => {
  // Whoever asks a second time is told another machine, as with DNS rebinding.
  const answers = [at('127.0.0.1'), at('127.0.0.2'), at('127.0.0.2')]
  const resolve = vi.fn(async () => answers.shift() ?? [])
  expect(await post(`http://hooks.test:${receiver.port}/`, { resolve })).toBe(200)
  expect(resolve.mock.calls).toEqual([['hooks.test']])
  expect(receiver.received[0]?.headers.host).toBe(`hooks.test:${receiver.port}`)
})

test('redirects are not followed', async () => {
  const other = await startWebhookReceiver()
  receiver.answers = [307]
  receiver.headers = { location: `${other.url}/elsewhere` }
  expect(await post(receiver.url)).toBe(307)
  expect(other.received).toEqual([])
  await other.close()
})

test('who does not answer is given up', async () => {
  receiver.answers = [undefined]
  const failure = await failureOf(post(receiver.url, { signal: AbortSignal.timeout(100) }))
  expect([failure.message, failure.passes]).toEqual(['127.0.0.1 did not answer in time.', true])
})

test('a name server that does not answer is given up, too', async () => {
  const resolve = async () => new Promise<Address[]>(() => undefined)
  const failure = await failureOf(post('http://hooks.test/', { resolve, signal: AbortSignal.timeout(50) }))
  expect(failure.passes).toBe(true)
})

test('an answer without an end is read to its limit', async () => {
  const { createServer } = await import('node:http')
  let isGone = false
  const endless = createServer((_request, answer) => {
    answer.writeHead(200)
    const timer = setInterval(() => answer.write('x'.repeat(500)), 5)
    answer.on('close', () => {
      clearInterval(timer)
      isGone = true
    })
  })
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve))
  const address = endless.address()
  const port = typeof address === 'object' ? address?.port : undefined
  expect(await post(`http://127.0.0.1:${port}/`)).toBe(200)
  await vi.waitFor(() => expect(isGone).toBe(true))
  await new Promise((resolve) => endless.close(resolve))
})

test('a failure tells the host alone: the rest of the address is a secret', async () => {
  const { port } = receiver
  await receiver.close()
  const refused = await failureOf(post(`http://127.0.0.1:${port}/services/SECRET`))
  const unknown = await failureOf(post('http://no-such-name.invalid/services/SECRET'))
  expect([refused.message, refused.passes]).toEqual(['Cannot talk to 127.0.0.1: ECONNREFUSED.', true])
  expect([unknown.message, unknown.passes]).toEqual(['There is no address for no-such-name.invalid.', true])
  receiver = await startWebhookReceiver()
})
