import { X509Certificate } from 'node:crypto'
import { isIP, type Socket } from 'node:net'
import {
  connect,
  createSecureContext,
  createServer,
  type SecureContext,
  type Server,
  type TLSSocket,
} from 'node:tls'
import { AuditError } from '@aleph-audit-log/domain/error'

/** How clients reach the gateway; absent: without TLS. Certificates and keys are PEM. */
export type ClientTls = {
  certificate: string
  key: string
  /** Whether clients have to use it. */
  required: boolean
  /**
   * What a client has to prove by a certificate of its own: `verify-ca`, that the authorities below signed it;
   * `verify-full`, also that its common name is the login. The certificate ends here: the server does not see it.
   */
  clientCertificate: 'none' | 'verify-ca' | 'verify-full'
  clientAuthorities?: string
}

/** How the gateway reaches the server; absent: without TLS. The modes are those of libpq's `sslmode`. */
export type ServerTls = {
  mode: 'require' | 'verify-ca' | 'verify-full'
  /** Who signs the server's certificate; absent: those that the system trusts. */
  authorities?: string
  /** A certificate of the gateway, if the server asks for one. */
  certificate?: string
  key?: string
}

export type GatewayTls = { client?: ClientTls; server?: ServerTls }

/** Where the server is: a port, or a unix socket. */
export type ServerAddress = { host: string; port: number } | { path: string }

/** The name of the protocol in TLS (ALPN), for clients that begin with it at once. */
const alpn = 'postgresql'

/** What a certificate says of a client. */
export type ClientCertificate = { subject: string; commonName: string | undefined }

/** TLS on both legs, ready to be used. */
export class GatewayTlsContexts {
  readonly settings: GatewayTls
  readonly #acceptor: Server | undefined
  readonly #waiting = new Map<string, (socket: TLSSocket) => void>()
  readonly #serverContext: SecureContext | undefined
  readonly #ownCertificate: Buffer | undefined

  /** Throws AuditError('invalid') where the settings cannot work together. */
  constructor(settings: GatewayTls, server: ServerAddress) {
    this.settings = settings
    checkTogether(settings, server)
    if (settings.client !== undefined) {
      this.#acceptor = createAcceptor(settings.client)
      this.#ownCertificate = new X509Certificate(settings.client.certificate).raw
      this.#acceptor.on('secureConnection', (socket) => {
        this.#waiting.get(addressOf(socket))?.(socket)
      })
      // The session hears of it by the end of its socket.
      this.#acceptor.on('tlsClientError', (_error, socket) => socket.destroy())
    }
    if (settings.server !== undefined) this.#serverContext = createServerContext(settings.server)
  }

  /** Mechanisms that bind to the channel cannot work: the client has none, or another than the server. */
  get stripsChannelBinding(): boolean {
    return this.settings.server !== undefined && this.settings.client === undefined
  }

  /** Encrypts the connection of a client. Undefined where that failed; its socket is then closed. */
  accept(socket: Socket): Promise<TLSSocket | undefined> {
    const acceptor = this.#acceptor
    if (acceptor === undefined || socket.destroyed) return Promise.resolve(undefined)
    const address = addressOf(socket)
    return new Promise((resolve) => {
      const settle = (secured: TLSSocket | undefined): void => {
        this.#waiting.delete(address)
        socket.off('close', onClose)
        resolve(secured)
      }
      const onClose = (): void => settle(undefined)
      socket.once('close', onClose)
      this.#waiting.set(address, settle)
      acceptor.emit('connection', socket)
    })
  }

  /**
   * Encrypts the connection to the server, which has said yes. Rejects where the handshake fails, or the certificate is
   * not the one that it must be.
   */
  secureServer(socket: Socket, address: ServerAddress): Promise<TLSSocket> {
    const { server } = this.settings
    if (server === undefined || this.#serverContext === undefined) {
      return Promise.reject(new Error('The server is reached without TLS.'))
    }
    const host = 'host' in address ? address.host : 'localhost'
    const context = this.#serverContext
    return new Promise((resolve, reject) => {
      const secured = connect({
        socket,
        secureContext: context,
        host,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ALPNProtocols: [alpn],
        rejectUnauthorized: server.mode !== 'require',
        ...(server.mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
      })
      secured.once('error', reject)
      secured.once('close', () => reject(new Error('the server ended the TLS handshake')))
      secured.once('secureConnect', () => {
        const fault = this.#faultOf(secured)
        if (fault === undefined) resolve(secured)
        else {
          secured.destroy()
          reject(new AuditError('invalid', fault))
        }
      })
    })
  }

  /** With TLS on both legs passwords are bound to the certificate, which therefore has to be the same on both. */
  #faultOf(secured: TLSSocket): string | undefined {
    if (this.#ownCertificate === undefined) return undefined
    const theirs = secured.getPeerX509Certificate()?.raw
    if (theirs?.equals(this.#ownCertificate) === true) return undefined
    return (
      'With TLS to the gateway and TLS to the server, SCRAM passwords are bound to the certificate: ' +
      "the gateway needs the server's own certificate and key, and has another one. " +
      'Use it, or leave TLS to one of the two legs.'
    )
  }
}

/** What the client's certificate says; undefined where there is none that the authorities signed. */
export function readClientCertificate(socket: TLSSocket): ClientCertificate | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined
  if (certificate === undefined) return undefined
  const lines = certificate.subject.split('\n')
  return {
    // As the server's log writes it (RFC 2253): the last part first.
    subject: lines.toReversed().join(','),
    commonName: lines.findLast((line) => line.startsWith('CN='))?.slice(3),
  }
}

function checkTogether({ client, server }: GatewayTls, address: ServerAddress): void {
  if (server !== undefined && 'path' in address) {
    throw new AuditError('invalid', 'PostgreSQL has no TLS on a unix socket: leave out TLS to the server.')
  }
  if (client === undefined) return
  if (client.clientCertificate !== 'none' && client.clientAuthorities === undefined) {
    throw new AuditError(
      'invalid',
      "To verify clients' certificates, the gateway needs the authorities that sign them.",
    )
  }
}

function createAcceptor(client: ClientTls): Server {
  const asks = client.clientCertificate !== 'none'
  try {
    return createServer({
      cert: client.certificate,
      key: client.key,
      ...(client.clientAuthorities === undefined ? {} : { ca: client.clientAuthorities }),
      requestCert: asks,
      // The session tells the client why, in words of the protocol.
      rejectUnauthorized: false,
      ALPNProtocols: [alpn],
    })
  } catch (cause) {
    throw new AuditError('invalid', "The gateway's certificate and key cannot be used.", { cause })
  }
}

function createServerContext(server: ServerTls): SecureContext {
  try {
    return createSecureContext({
      ...(server.authorities === undefined ? {} : { ca: server.authorities }),
      ...(server.certificate === undefined ? {} : { cert: server.certificate }),
      ...(server.key === undefined ? {} : { key: server.key }),
    })
  } catch (cause) {
    throw new AuditError('invalid', 'The certificates for the server cannot be used.', { cause })
  }
}

/** Unique among the connections of one moment. */
function addressOf(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? ''} ${socket.localAddress ?? ''} ${socket.localPort ?? ''}`
}
