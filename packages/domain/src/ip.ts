/**
 * An IPv4 or IPv6 address as 32 lower-case hex digits (RFC 4291; IPv4 mapped as `::ffff:a.b.c.d`), whose alphabetical
 * order is the order of the addresses. Undefined if the text is no address. A zone (`%eth0`) is left out.
 */
export function toIpKey(text: string): string | undefined {
  const trimmed = text.trim()
  const address = trimmed.includes('%') ? trimmed.replace(/%.*$/, '') : trimmed
  if (!address.includes(':')) {
    const v4 = ipv4Hex(address)
    return v4 === undefined ? undefined : mappedV4 + v4
  }
  return ipv6Hex(address)
}

const mappedV4 = `${'0'.repeat(20)}ffff`

/** The first and the last address of a CIDR block (`10.0.0.0/8`) as keys; undefined if the text is no block. */
export function toIpKeyRange(text: string): { first: string; last: string } | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text)
  if (!match) return undefined
  const [, address = '', length = ''] = match
  const key = toIpKey(address)
  if (key === undefined) return undefined
  const bits = Number(length) + (address.includes(':') ? 0 : 96)
  if (bits > 128) return undefined
  const value = BigInt(`0x${key}`)
  const host = (1n << BigInt(128 - bits)) - 1n
  return { first: hex128(value & ~host), last: hex128(value | host) }
}

function hex128(value: bigint): string {
  return value.toString(16).padStart(32, '0')
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Nearly every event has one: read digit by digit. */
function ipv4Hex(text: string): string | undefined {
  let out = ''
  let byte = 0
  let digits = 0
  let bytes = 0
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? dot : text.charCodeAt(i)
    if (code === dot) {
      const hex = digits === 0 ? undefined : hexOfByte[byte]
      if (hex === undefined) return undefined
      out += hex
      byte = 0
      digits = 0
      bytes++
    } else {
      const digit = code - zero
      if (digit < 0 || digit > 9 || digits === 3) return undefined
      byte = byte * 10 + digit
      digits++
    }
  }
  return bytes === 4 ? out : undefined
}

const dot = 46
const zero = 48

function ipv6Hex(text: string): string | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : groupsOf(half)))
  const [head, tail] = groups
  if (head === undefined) return undefined
  if (halves.length === 1) return head.length === 8 ? head.join('') : undefined
  if (tail === undefined || head.length + tail.length > 7) return undefined
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0000'), ...tail].join('')
}

/** Four hex digits for each group; a trailing IPv4 address makes two groups. An empty list is no valid half. */
function groupsOf(half: string): string[] | undefined {
  const out: string[] = []
  const parts = half.split(':')
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const v4 = ipv4Hex(part)
      if (v4 === undefined || i !== parts.length - 1) return undefined
      out.push(v4.slice(0, 4), v4.slice(4))
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined
      out.push(part.toLowerCase().padStart(4, '0'))
    }
  }
  return out
}
