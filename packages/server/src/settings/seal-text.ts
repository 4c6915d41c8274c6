import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { AuditError } from '@aleph-audit-log/domain/error'

/** Encrypts what the settings must keep in a form that can be read again, such as the password of another server. */
export type Sealer = {
  /** `context` says what the text is of, such as a workspace: a sealed text that is moved elsewhere cannot be opened. */
  seal: (text: string, context: string) => string
  /** Throws AuditError('conflict') for what was sealed with another key or for something else. */
  open: (sealed: string, context: string) => string
}

const version = 'v1'
const nonceBytes = 12
const tagBytes = 16

/**
 * AES-256-GCM with a key of its own that follows from the secret (HKDF-SHA-256), which lies in `secrets/` and not in the
 * database: who reads a backup of the settings alone reads no password. Servers that share settings share the secret.
 */
export function createSealer(secret: Buffer): Sealer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'aleph-audit-log sealed settings', 32))
  return {
    seal: (text, context) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(Buffer.from(context))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return `${version}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`
    },
    open: (sealed, context) => {
      const [found, text = ''] = sealed.split('.')
      const bytes = Buffer.from(text, 'base64url')
      try {
        if (found !== version) throw new Error(`An unknown version: ${found}`)
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
        decipher.setAAD(Buffer.from(context))
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
        const opened = [decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]
        return Buffer.concat(opened).toString('utf8')
      } catch (cause) {
        throw new AuditError('conflict', 'It was encrypted with another secret. Enter it again.', { cause })
      }
    },
  }
}
