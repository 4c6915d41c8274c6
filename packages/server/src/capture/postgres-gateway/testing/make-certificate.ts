import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIPv4 } from 'node:net'

export type TestCertificate = { certificate: string; key: string; name: string; privateKey: KeyObject }

export type CertificateOptions = {
  commonName: string
  /** Who signs it; absent: it signs itself, and may sign others. */
  issuer?: TestCertificate
  /** Names and IPv4 addresses of a server. */
  hosts?: readonly string[]
}

/** Makes a certificate (X.509 version 3, RFC 5280) with a P-256 key, valid now. In PEM. */
export function makeCertificate({ commonName, issuer, hosts = [] }: CertificateOptions): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(oid('2a8648ce3d040302')) // ecdsa-with-SHA256
  const name = (text: string): Buffer =>
    sequence(element(0x31, sequence(oid('550403'), element(0x0c, Buffer.from(text)))))
  const day = 86_400_000
  const extensions = [
    extension('551d13', sequence(...(issuer === undefined ? [element(0x01, Buffer.from([0xff]))] : []))),
  ]
  if (hosts.length > 0) extensions.push(extension('551d11', sequence(...hosts.map(toHostName))))
  const body = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name(issuer?.name ?? commonName),
    sequence(time(Date.now() - day), time(Date.now() + 30 * day)),
    name(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey)
  const der = sequence(body, algorithm, element(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    name: commonName,
    privateKey,
  }
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), element(0x04, value))
}

function toHostName(host: string): Buffer {
  return isIPv4(host)
    ? element(0x87, Buffer.from(host.split('.').map(Number)))
    : element(0x82, Buffer.from(host))
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return element(0x17, Buffer.from(`${text}Z`))
}

function oid(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'))
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts))
}

/** An element of DER (X.690): tag, length, content. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content
  const bytes = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...bytes]), content])
}
