import { randomUUID } from 'node:crypto'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { MailServer } from '../../settings/mail-settings.ts'
import { escapeHtml } from './html-text.ts'
import { style, type MailBody } from './mail-parts.ts'
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

/** A mail that shows that mails arrive. */
function renderTestMail(workspaceName: string): MailBody {
  const words = `This is a test. Scheduled exports, digests and alerts of the workspace ${workspaceName} can be sent like this.`
  return { text: words, html: `<p style="${style.p}">${escapeHtml(words)}</p>` }
}
