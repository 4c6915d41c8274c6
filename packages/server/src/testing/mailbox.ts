import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'

/** A part of a mail that holds no further parts. */
export type MailPart = { headers: ReadonlyMap<string, string>; content: Buffer }

export type ReceivedMail = {
  from: string
  to: string[]
  raw: string
  /** By their names in lower case, unfolded; a header that comes twice is there as both, with a line feed between. */
  headers: ReadonlyMap<string, string>
  parts: MailPart[]
  text: string
  html: string
  attachment: MailPart | undefined
}

export type Mailbox = {
  port: number
  received: ReceivedMail[]
  /** Answers the next mails, or recipients, with these codes. */
  refuse: { mail: number[]; recipients: Map<string, number>; password: boolean }
  /** Runs when a mail is there whole, before it is acknowledged. */
  onMail: () => Promise<void>
  close: () => Promise<void>
}

export const mailUser = { user: 'audit', password: 'p:a@s§s w"o\\rd-1' }

/** A real SMTP server on 127.0.0.1 that keeps what it gets; it knows one user, and lets everybody else in without. */
export async function startMailbox(): Promise<Mailbox> {
  const received: ReceivedMail[] = []
  const refuse: Mailbox['refuse'] = { mail: [], recipients: new Map(), password: false }
  const refusal = (code: number): Error =>
    Object.assign(new Error('refused by the test'), { responseCode: code })
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onAuth: ({ username, password }, _session, done) => {
      const isRight = username === mailUser.user && password === mailUser.password && !refuse.password
      done(isRight ? null : refusal(535), isRight ? { user: username } : undefined)
    },
    onRcptTo: ({ address }, _session, done) => {
      const code = refuse.recipients.get(address)
      done(code === undefined ? null : refusal(code))
    },
    onData: (stream, { envelope }, done) => void take(stream, envelope, done),
  })
  const take = async (
    stream: Readable,
    { mailFrom, rcptTo }: SMTPServerSession['envelope'],
    done: (error: Error | null) => void,
  ): Promise<void> => {
    const bytes = await buffer(stream)
    const code = refuse.mail.shift()
    if (code !== undefined) {
      done(refusal(code))
      return
    }
    const from = mailFrom === false ? '' : mailFrom.address
    received.push({ from, to: rcptTo.map(({ address }) => address), ...readMail(bytes) })
    await mailbox.onMail()
    done(null)
  }
  // Who hangs up in the middle is no matter here.
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const mailbox: Mailbox = {
    // It listens on a port of TCP.
    port: (listening.address() as AddressInfo).port,
    received,
    refuse,
    onMail: async () => undefined,
    close: async () => new Promise((resolve) => server.close(() => resolve())),
  }
  return mailbox
}

/** Reads MIME as far as mails of ours have it (RFC 2045, 2046): nested multiparts, base64 and quoted-printable. */
function readMail(bytes: Buffer): Omit<ReceivedMail, 'from' | 'to'> {
  const raw = bytes.toString('latin1')
  const { headers, body } = splitPart(raw)
  const parts = leaves(headers, body)
  const textOf = (type: string): string =>
    parts.find((part) => part.headers.get('content-type')?.startsWith(type))?.content.toString('utf8') ?? ''
  const attachment = parts.find((part) => part.headers.get('content-disposition')?.startsWith('attachment'))
  return { raw, headers, parts, text: textOf('text/plain'), html: textOf('text/html'), attachment }
}

function splitPart(raw: string): { headers: Map<string, string>; body: string } {
  const end = raw.indexOf('\r\n\r\n')
  const headers = new Map<string, string>()
  const head = raw.slice(0, end).replaceAll(/\r\n[ \t]+/g, ' ')
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}\n${value}`)
  }
  return { headers, body: raw.slice(end + 4) }
}

function leaves(headers: ReadonlyMap<string, string>, body: string): MailPart[] {
  const boundary = /^multipart\/.*boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1]
  if (boundary === undefined) return [{ headers, content: decode(headers, body) }]
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1)
  return pieces.flatMap((piece) => {
    const part = splitPart(piece.replace(/^\r\n/, ''))
    return leaves(part.headers, part.body)
  })
}

function decode(headers: ReadonlyMap<string, string>, body: string): Buffer {
  const encoding = headers.get('content-transfer-encoding')
  if (encoding === 'base64') return Buffer.from(body, 'base64')
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1')
  const whole = body.replaceAll(/=\r\n/g, '')
  const bytes = whole.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1')
}

/** The value of a header as it is shown: words encoded by RFC 2047 are read. */
export function shownHeader(value: string): string {
  return value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : decode(
            new Map([['content-transfer-encoding', 'quoted-printable']]),
            text.replaceAll('_', ' '),
          ).toString('utf8'),
    )
}
