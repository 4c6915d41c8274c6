import { randomUUID } from 'node:crypto'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { MailServer } from '../../settings/mail-settings.ts'
import { renderTestMail } from './render-mail.ts'
import { MailFailure, sendMail } from './send-mail.ts'

const testMsMax = 30_000

/** Sends a mail that shows that mails arrive, and returns what the server said. Throws AuditError('invalid') with the path. */
export async function sendTestMail(server: MailServer, to: string, workspaceName: string): Promise<string> {
  const messageId = `${randomUUID()}@${server.from.split('@').at(-1) ?? 'localhost'}`
  const mail = { to: [to], subject: 'Test of the audit log', messageId, ...renderTestMail(workspaceName) }
  try {
    const { answer } = await sendMail(server, mail, AbortSignal.timeout(testMsMax))
    return answer
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error
    throw new AuditError('invalid', error.message, {
      problems: [{ path: error.path, message: error.message }],
      cause: error,
    })
  }
}
