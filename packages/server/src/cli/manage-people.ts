import { readFile } from 'node:fs/promises'
import { importPeopleResponseSchema, personListSchema, type Person } from '@aleph-audit-log/domain/api/people'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Connection } from './connect.ts'
import { printable } from './manage-keys.ts'

/** The directory of people as lines of a table, tab-separated. */
export async function listPeople(connection: Connection): Promise<string[]> {
  const { people } = personListSchema.parse(await connection.call('GET', '/api/v1/people'))
  const row = ({ name, emails, logins, toolIds, groups, leftOn }: Person): string =>
    [name, ...[emails, logins, toolIds, groups].map((values) => values.join(';')), leftOn ?? '']
      .map(printable)
      .join('\t')
  return ['name\temail\tlogins\ttool_ids\tgroups\tleft_on', ...people.map(row)]
}

/**
 * Imports people from a CSV file, all of them or none; what came of it in words. Throws AuditError('invalid') with the
 * faults by their lines, and 'not_found' if the file cannot be read.
 */
export async function importPeople(
  connection: Connection,
  path: string,
  { dryRun = false }: { dryRun?: boolean },
): Promise<string> {
  const csv = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AuditError('not_found', `The file ${path} cannot be read.`, { cause })
  })
  const answer = await connection.call('POST', '/api/v1/people/import', { csv, dryRun })
  const { created, updated, unchanged } = importPeopleResponseSchema.parse(answer)
  const done = dryRun ? 'would be' : 'were'
  return `${created} people ${done} added, ${updated} changed; ${unchanged} are as they were.`
}
