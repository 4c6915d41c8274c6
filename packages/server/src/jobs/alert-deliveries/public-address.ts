import { toIpKey, toIpKeyRange } from '@aleph-audit-log/domain/ip'

/** Of IPv4: what is not an address of the public internet (IANA's special-purpose registry, RFC 6890). */
const specialV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Link-local; clouds answer with credentials at 169.254.169.254.
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** The same of 2000::/3; what lies outside of that is none either, such as `::1`, `fc00::/7` and `fe80::/10`. */
const specialV6 = [
  // Teredo, ORCHID and others for protocols.
  '2001::/23',
  '2001:db8::/32',
  // 6to4, which holds IPv4 addresses of any kind.
  '2002::/16',
  '3fff::/20',
]

const rangesOf = (blocks: readonly string[]): { first: string; last: string }[] =>
  blocks.flatMap((block) => toIpKeyRange(block) ?? [])
const special = rangesOf([...specialV4, ...specialV6])
const global = rangesOf(['0.0.0.0/0', '2000::/3'])

/** Whether an IPv4 or IPv6 address (also IPv4 in IPv6, `::ffff:10.0.0.1`) is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const key = toIpKey(address)
  if (key === undefined) return false
  const isIn = ({ first, last }: { first: string; last: string }): boolean => key >= first && key <= last
  return global.some(isIn) && !special.some(isIn)
}
