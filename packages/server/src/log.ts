/** Messages for the operator. Never given what a user typed, except inside an error that we made. */
export type Log = {
  info: (message: string) => void
  warn: (message: string, error?: unknown) => void
  error: (message: string, error?: unknown) => void
}

type Level = 'info' | 'warn' | 'error'

/** Writes one line a message to the standard error output; the standard output is for the address and results. */
export function createLog(write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const line = (level: Level, message: string, error?: unknown): void => {
    const cause = error === undefined ? '' : `: ${describeError(error)}`
    write(`${new Date().toISOString()} ${level} ${message}${cause}\n`)
  }
  return {
    info: (message) => line('info', message),
    warn: (message, error) => line('warn', message, error),
    error: (message, error) => line('error', message, error),
  }
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` (because: ${describeError(error.cause)})`
  return oneLine(
    error.name === 'AuditError' ? `${error.message}${cause}` : `${error.stack ?? error.message}${cause}`,
  )
}

/** A log line is a line: what an error quotes must not look like another message. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+\s*/g, ' | ').replace(/\p{Cc}/gu, '?')
}
