import { domain, people } from './people.ts'
import type { Random } from './random.ts'

const dayMs = 86_400_000

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** What stands in the place of a slot; each makes text that is valid inside SQL as the templates use it. */
const slots: Record<string, (random: Random, nowMs: number) => string> = {
  /** Seven digits, the first of which is not 0: the one that differs between copies of an event. */
  id: (random) => String(random.integer(1_000_000, 9_999_999)),
  key: (random) => String(random.integer(1_000, 999_999)),
  small: (random) => String(random.integer(1, 60)),
  limit: (random) => random.pick(['50', '100', '200', '500', '1000']),
  amount: (random) => (random.integer(500, 900_000) / 100).toFixed(2),
  days: (random) => random.pick(['7', '14', '28', '30', '90']),
  date: (random, nowMs) => day(nowMs - random.integer(0, 90) * dayMs),
  today: (_random, nowMs) => day(nowMs),
  month: (random, nowMs) => `${day(nowMs - random.integer(0, 300) * dayMs).slice(0, 7)}-01`,
  compactDate: (_random, nowMs) => day(nowMs).replaceAll('-', ''),
  country: (random) => random.pick(['DE', 'US', 'BR', 'IN', 'JP', 'FR', 'GR', 'KR', 'TH', 'EG', 'GB', 'NL']),
  currency: (random) => random.pick(['EUR', 'USD', 'BRL', 'INR', 'JPY']),
  status: (random) => random.pick(['open', 'paid', 'shipped', 'cancelled', 'refunded', 'pending']),
  channel: (random) => random.pick(['search', 'social', 'newsletter', 'affiliate', 'display', 'direct']),
  category: (random) =>
    random.pick(['city bikes', 'e-bikes', 'gravel', 'kids', 'helmets', 'lights', 'spare parts']),
  city: (random) =>
    random
      .pick(['Köln', 'São Paulo', 'Μόναχο', '東京', 'Łódź', 'Nürnberg', "L'Aquila", 'บางกอก'])
      .replace("'", "''"),
  word: (random) => random.pick(['%carbon%', '%battery%', '%saddle%', '%kettenöl%', '%チェーン%', '%brake%']),
  sku: (random) => `LB-${random.integer(100, 999)}-${random.pick(['S', 'M', 'L', 'XL'])}`,
  email: (random) => `kunde${random.integer(10_000, 99_999)}@example.com`,
  login: (random) => random.pick(people).login,
  staff: (random) => `${random.pick(people).login}@${domain}`,
  uuid: (random) => {
    const hex = random.hex(32)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
  },
  hex: (random) => random.hex(40),
  ids: (random) =>
    Array.from({ length: random.integer(3, 12) }, () => random.integer(1_000_000, 9_999_999)).join(', '),
  score: (random) => (random.integer(1, 99) / 100).toFixed(2),
}

/** The value of one slot. Throws for a slot that is not known. */
export function fillSlot(name: string, random: Random, nowMs: number): string {
  const fill = slots[name]
  if (!fill) throw new Error(`There is no slot {${name}}.`)
  return fill(random, nowMs)
}
