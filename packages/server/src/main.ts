import { extname, join } from 'node:path'
import { isAuditError } from '@aleph-audit-log/domain/error'
import { startAuditLogServer, type AuditLogServer } from './audit-log-server.ts'
import { readConfig, limits } from './config.ts'
import { isDiskFull } from './journal/storage-error.ts'
import { createLog } from './log.ts'

const log = createLog()

/** Ends the process with a message for the operator instead of a stack, if it is something that an operator can change. */
function fail(error: unknown): never {
  if (isAuditError(error)) console.error(`Aleph Audit Log cannot start. ${error.message}`)
  else if (isDiskFull(error))
    console.error('Aleph Audit Log cannot start. The disk of its data directory is full.')
  else console.error(error)
  process.exit(1)
}

let server: AuditLogServer | undefined
let stopping = false

/** Closes everything in order and ends the process; a second call changes nothing. */
async function stop(exitCode: number, reason: string): Promise<void> {
  if (stopping) return
  stopping = true
  log.info(`Stopping: ${reason}`)
  // What was acknowledged is on the disk, so a close that hangs may be cut short.
  setTimeout(() => process.exit(exitCode), limits.closeMs - 200).unref()
  await server?.close().catch((error: unknown) => log.error('Not everything could be closed', error))
  process.exit(exitCode)
}

try {
  const config = readConfig()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0, signal))
  const onFatal = (message: string): void => void stop(1, message)
  const { dirname, filename } = import.meta
  // As it is written it is no program for a thread: there rules run in this one.
  const isBuilt = extname(filename) === '.js'
  server = await startAuditLogServer({
    config,
    log,
    listen: true,
    onFatal,
    ...(isBuilt && { evaluatorProgram: join(dirname, 'detect', 'evaluator-worker.js') }),
  })
  console.log(`Aleph Audit Log is ready at ${server.url}`)
  if (server.setupUrl !== undefined) console.log(`Create the first admin at ${server.setupUrl}`)
} catch (error) {
  fail(error)
}
