import type { AuditServer } from '../audit-server.ts'
import type { PartContext } from '../part.ts'

/** One request of the page, with other values each time as far as there are others. */
export type ReadQuery = {
  id: string
  title: string
  limitMs: number
  path: string
  paramsOf: (sample: number) => Record<string, string>
  meaning: string
}

/** Values that occur in the stored events, most frequent first. */
export type KnownValues = { people: string[]; types: string[]; applications: string[]; words: string[] }

const rareMax = 10

/**
 * Adds a few events whose person, type and application occur nowhere else, over the past 30 days: values that only a
 * look into most of the data finds or rules out.
 */
export async function addRareEvents(server: AuditServer, now: string): Promise<void> {
  const lines = Array.from({ length: rareMax * 2 }, (_, i) => {
    const rare = i % rareMax
    return JSON.stringify({
      type: `rare_type_${rare}`,
      occurredAt: new Date(Date.parse(now) - (i + 0.5) * 1.4 * 86_400_000).toISOString(),
      actor: { type: 'user', email: `rare.person.${rare}@acme.example` },
      context: { application: `rare-application-${rare}` },
      data: { sql: `select ${rare}` },
    })
  })
  await server.send(lines.join('\n'))
  await server.untilApplied()
}

/** Takes values to search for from the log itself, whatever it was filled with. */
export async function findKnownValues(
  server: AuditServer,
  stored: { from: string; now: string },
): Promise<KnownValues> {
  const { from, now } = stored
  type Facets = { facets: Record<string, { values: { value: string; count: number }[] }> }
  const fields = 'email,type,application'
  const { facets } = await server.getJson<Facets>('/api/v1/events/facets', { from, to: now, fields })
  const valuesOf = (field: string): string[] => facets[field]?.values.map(({ value }) => value) ?? []
  const words = new Set<string>()
  for (let part = 1; part <= 40; part++) {
    const to = new Date(Date.parse(from) + ((Date.parse(now) - Date.parse(from)) * part) / 40).toISOString()
    type Page = { events: { data?: { sql?: unknown } }[] }
    const { events } = await server.getJson<Page>('/api/v1/events', {
      from,
      to,
      limit: '20',
      q: 'type:query',
    })
    const sqls = events.map((event) => event.data?.sql).filter((sql) => typeof sql === 'string')
    const found = sqls.flatMap((sql) => /\b(?:from|update|into)\s+([\w.]{4,})/i.exec(sql)?.[1] ?? [])
    const word = found.find((candidate) => !words.has(candidate))
    if (word !== undefined) words.add(word)
  }
  return {
    people: valuesOf('email'),
    types: valuesOf('type'),
    applications: valuesOf('application'),
    words: [...words],
  }
}

/** Everything that is asked of a warm server. `from` is 30 days before the newest stored event. */
export function listReadQueries(known: KnownValues, from: string): ReadQuery[] {
  const page = (id: string, title: string, limitMs: number, qOf: (i: number) => string, meaning: string) => ({
    id,
    title,
    limitMs,
    path: '/api/v1/events',
    paramsOf: (i: number) => ({ q: qOf(i), from }),
    meaning,
  })
  const pick = (values: string[]) => (i: number) => values[i % values.length] ?? 'none'
  const person = pick(known.people)
  const type = pick(known.types.slice(0, 5))
  const application = pick(known.applications.slice(0, 5))
  const word = pick(known.words)
  const rare = (qualifier: string, name: string) => (i: number) => `${qualifier}:${name}${i % rareMax}`
  const rarePerson = (i: number): string => `actor:rare.person.${i % rareMax}@acme.example`
  const frequentMeaning = 'Newest 100 of 30 days of one of the most frequent values, another in turn.'
  const rareMeaning = 'A value with two events in 30 days, another in turn.'
  return [
    page('newest', 'Newest 100 of 30 days', 40, () => '', 'The first page without a search.'),
    page('person', 'One person, frequent', 80, (i) => `actor:"${person(i)}"`, frequentMeaning),
    page('rare-person', 'One person, rare', 80, rarePerson, rareMeaning),
    page('type', 'One type, frequent', 80, (i) => `type:${type(i)}`, frequentMeaning),
    page('rare-type', 'One type, rare', 80, rare('type', 'rare_type_'), rareMeaning),
    page(
      'application',
      'One application, frequent',
      80,
      (i) => `application:"${application(i)}"`,
      frequentMeaning,
    ),
    page(
      'rare-application',
      'One application, rare',
      80,
      rare('application', 'rare-application-'),
      rareMeaning,
    ),
    page(
      'word',
      'A word that occurs, newest 100',
      150,
      (i) => `"${word(i)}"`,
      'A text anywhere in the event; the texts are names of tables in the stored SQL.',
    ),
    {
      id: 'histogram',
      title: 'Histogram of 30 days',
      limitMs: 50,
      path: '/api/v1/events/histogram',
      paramsOf: () => ({ from }),
      meaning: 'Without a search, in the interval that the page asks for.',
    },
    {
      id: 'histogram-filtered',
      title: 'Histogram of 30 days, filtered',
      limitMs: 400,
      path: '/api/v1/events/histogram',
      paramsOf: (i) => ({ from, q: `actor:"${person(i)}" outcome:success` }),
      meaning: 'Of one person and one outcome, another person each time.',
    },
  ]
}

/** Times of each query on both servers, which take turns; the first of each is not counted. */
export async function timeReads(
  { sizes }: PartContext,
  servers: { large: AuditServer; small: AuditServer },
  queries: { large: ReadQuery[]; small: ReadQuery[] },
): Promise<Map<string, { large: number[]; small: number[] }>> {
  const times = new Map<string, { large: number[]; small: number[] }>()
  for (const [number, query] of queries.large.entries()) {
    const ofQuery: { large: number[]; small: number[] } = { large: [], small: [] }
    for (let sample = 0; sample <= sizes.reads.samples; sample++) {
      const large = await servers.large.time(query.path, query.paramsOf(sample))
      const smallQuery = queries.small[number] ?? query
      const small = await servers.small.time(smallQuery.path, smallQuery.paramsOf(sample))
      if (sample === 0) continue
      ofQuery.large.push(large)
      ofQuery.small.push(small)
    }
    times.set(query.id, ofQuery)
  }
  return times
}
