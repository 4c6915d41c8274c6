// `npm run seed -- --data DIR`: fills a data directory with the audit log of a made-up company; see docs/demo.md.
import { parseArgs } from 'node:util'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import { toCanonicalTime, timeToMs } from '@aleph-audit-log/domain/time'
import { eventsMin } from './seed/company.ts'
import { seedDirectory, type SeedOptions } from './seed/seed-directory.ts'

const usage = `Fills a data directory with the audit log of a made-up company.

  --data DIR         the data directory; it must be new unless --add is given
  --events N         how many events (60000)
  --seed TEXT        another text makes another log; the same makes the same (1)
  --now TIME         when the log ends, RFC 3339 (now)
  --workspace ID     one of the directory's workspaces (the first)
  --add              also into a directory that has events`

const eventsMax = 1_000_000_000

function readOptions(args: string[]): Omit<SeedOptions, 'say'> | undefined {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      events: { type: 'string', default: '60000' },
      seed: { type: 'string', default: '1' },
      now: { type: 'string' },
      workspace: { type: 'string' },
      add: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  if (values.data === undefined) throw new AuditError('invalid', '--data is missing.')
  const events = Number(values.events)
  if (!/^\d+$/.test(values.events) || events < eventsMin || events > eventsMax) {
    throw new AuditError('invalid', `--events must be a whole number from ${eventsMin} to ${eventsMax}.`)
  }
  if (!/^[\w-]{1,32}$/.test(values.seed)) {
    throw new AuditError('invalid', '--seed must be 1 to 32 letters, digits, - or _.')
  }
  const now = values.now === undefined ? undefined : toCanonicalTime(values.now)
  if (values.now !== undefined && now === undefined)
    throw new AuditError('invalid', '--now must be an RFC 3339 time.')
  return {
    path: values.data,
    events,
    seed: values.seed,
    nowMs: now === undefined ? Date.now() : timeToMs(now),
    add: values.add,
    ...(values.workspace === undefined ? {} : { workspaceId: values.workspace }),
  }
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options) await seedDirectory({ ...options, say: (message) => console.log(message) })
  else console.log(usage)
} catch (error) {
  const isUsage =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  console.error(isAuditError(error) || isUsage ? `Nothing was made. ${error.message}\n\n${usage}` : error)
  process.exitCode = 1
}
