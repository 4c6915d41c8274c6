import { createTransport } from 'nodemailer'
import type { MailServer } from '../../settings/mail-settings.ts'

export type Mail = {
  to: readonly string[]
  subject: string
  text: string
  html: string
  /** Without brackets; the same for a mail that is sent again, so that who gets both can tell. */
  messageId: string
  attachment?: { name: string; contentType: string; content: Buffer }
}

/**
 * What went wrong, and at which of the settings (or `to`) one would look for it. Without its cause: what another server
 * says goes into logs only as far as `plain` lets it.
 */
export class MailFailure extends Error {
  readonly path: 'host' | 'port' | 'tls' | 'user' | 'password' | 'from' | 'to'
  /** It may go well later without anybody doing anything. */
  readonly passes: boolean

  constructor(message: string, where: Pick<MailFailure, 'path' | 'passes'>) {
    super(message)
    this.name = 'MailFailure'
    this.path = where.path
    this.passes = where.passes
  }
}

const timeoutsMs = { connect: 15_000, greeting: 15_000, silence: 60_000, dns: 10_000 } as const
const answerUnitsMax = 500

/**
 * Sends a mail by the workspace's server and returns what that said, with the addresses that it refused while it took
 * others. Throws MailFailure. Resolves after the server has taken the mail: what fails before may be sent again.
 */
export async function sendMail(
  server: MailServer,
  mail: Mail,
  signal?: AbortSignal,
): Promise<{ answer: string; refused: string[] }> {
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.tls === 'tls',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    ...(server.user === '' ? {} : { auth: { user: server.user, pass: server.password } }),
    connectionTimeout: timeoutsMs.connect,
    greetingTimeout: timeoutsMs.greeting,
    socketTimeout: timeoutsMs.silence,
    dnsTimeout: timeoutsMs.dns,
    // A text of a mail is never taken for the name of a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  })
  try {
    const { attachment } = mail
    const sent = await transport.sendMail({
      from: { name: 'Aleph Audit Log', address: server.from },
      to: mail.to.map((address) => ({ name: '', address })),
      subject: oneLine(mail.subject),
      text: mail.text,
      html: mail.html,
      messageId: `<${mail.messageId}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      ...(attachment && {
        attachments: [
          {
            filename: oneLine(attachment.name),
            contentType: attachment.contentType,
            content: attachment.content,
          },
        ],
      }),
      ...(signal && { signal }),
    })
    return { answer: plain(sent.response, server), refused: sent.rejected }
  } catch (error) {
    throw toMailFailure(error, server)
  } finally {
    transport.close()
  }
}

/** No line end of a name can begin another header. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .trim()
}

/** What a server said, as one line; a server that repeats the password is not repeated. */
function plain(text: string, { password }: MailServer): string {
  const said = password === '' ? text : text.replaceAll(password, '***')
  return oneLine(said).slice(0, answerUnitsMax)
}

/** What nodemailer's errors have beside a message; all of it may be missing. */
type SendError = {
  code?: unknown
  originalCode?: unknown
  command?: unknown
  permanent?: unknown
  response?: unknown
}

function toMailFailure(error: unknown, server: MailServer): MailFailure {
  // Each of the properties is looked at before it is used.
  const { code, originalCode, command, permanent, response } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as SendError
  const said = typeof response === 'string' ? plain(response, server) : undefined
  const message = error instanceof Error ? plain(error.message, server) : 'unknown'
  const at = `${server.host}:${server.port}`
  const failure = (path: MailFailure['path'], text: string, passes = permanent !== true): MailFailure =>
    new MailFailure(text, { path, passes })
  switch (code) {
    case 'EDNS':
      return failure('host', `There is no address for ${server.host}.`)
    case 'EAUTH':
      return failure(
        server.user === '' ? 'user' : 'password',
        `The server refused the user or the password: ${said ?? message}`,
      )
    case 'ENOAUTH':
      return failure('user', 'The server wants a user and a password.', false)
    case 'ETLS':
      return failure('tls', `${at} does not do this kind of encryption: ${said ?? message}`)
    case 'EENVELOPE':
      return String(command).startsWith('MAIL')
        ? failure('from', `The server refused the sender: ${said ?? message}`)
        : failure('to', `The server refused the recipients: ${said ?? message}`)
    case 'EMESSAGE':
      return failure('to', `The server refused the e-mail: ${said ?? message}`)
    default: {
      const why = typeof originalCode === 'string' ? originalCode : message
      const isTls = /ssl|tls|certificate|cert_|self.signed|issuer/i.test(`${why} ${message}`)
      return failure(isTls ? 'tls' : why === 'ECONNREFUSED' ? 'port' : 'host', `Cannot talk to ${at}: ${why}`)
    }
  }
}
