import { expect, test } from 'vitest'
import { limits } from './limits.ts'
import { createSignInLimiter } from './sign-in-limiter.ts'

const { failuresOfEmailAtAddressMax, failuresOfEmailMax, failuresOfAddressMax, windowMs, entriesMax } =
  limits.signIn

test('one e-mail tried from many addresses is stopped', () => {
  const limiter = createSignInLimiter(() => 0)
  for (let i = 0; i < failuresOfEmailMax; i++) {
    expect(limiter.take({ ip: `10.0.${i}.1`, email: 'ann@acme.test' })).toBeUndefined()
  }
  expect(limiter.take({ ip: '10.1.0.1', email: 'ann@acme.test' })).toEqual({
    retryAfterSeconds: 900,
    first: true,
  })
})

test('many e-mails tried from one network are stopped, an IPv6 network by its first half', () => {
  const limiter = createSignInLimiter(() => 0)
  for (let i = 0; i < failuresOfAddressMax; i++) {
    expect(limiter.take({ ip: `2001:db8:0:1::${i.toString(16)}`, email: `u${i}@acme.test` })).toBeUndefined()
  }
  expect(limiter.take({ ip: '2001:db8:0:1:ffff::1', email: 'other@acme.test' })).toBeDefined()
  expect(limiter.take({ ip: '2001:db8:0:2::1', email: 'other@acme.test' })).toBeUndefined()
})

test('a right password forgives the person and not the others at the address', () => {
  const limiter = createSignInLimiter(() => 0)
  const ann = { ip: '10.0.0.1', email: 'ann@acme.test' }
  for (let i = 0; i < failuresOfAddressMax - 1; i++) limiter.take({ ip: ann.ip, email: `u${i}@acme.test` })
  expect(limiter.take(ann)).toBeUndefined()
  limiter.succeed(ann)
  expect(limiter.take(ann)).toBeUndefined()
  expect(limiter.take({ ip: ann.ip, email: 'last@acme.test' })).toBeDefined()
})

test('the wait gets shorter, and after it one may try again', () => {
  let nowMs = 0
  const limiter = createSignInLimiter(() => nowMs)
  const ann = { ip: '10.0.0.1', email: 'ann@acme.test' }
  for (let i = 0; i < failuresOfEmailAtAddressMax; i++) limiter.take(ann)
  nowMs = windowMs - 1500
  expect(limiter.take(ann)).toEqual({ retryAfterSeconds: 2, first: true })
  expect(limiter.take(ann)).toEqual({ retryAfterSeconds: 2, first: false })
  nowMs = windowMs
  expect(limiter.take(ann)).toBeUndefined()
})

test('a full table forgets its oldest window and no other', () => {
  const limiter = createSignInLimiter(() => 0)
  const attempt = (i: number) => ({
    ip: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
    email: `u${i}@acme.test`,
  })
  for (const i of [0, 1]) for (let n = 0; n < failuresOfEmailAtAddressMax; n++) limiter.take(attempt(i))
  for (let i = 2; i <= entriesMax; i++) limiter.take(attempt(i))
  expect(limiter.take(attempt(1))).toBeDefined()
  expect(limiter.take(attempt(0))).toBeUndefined()
})
