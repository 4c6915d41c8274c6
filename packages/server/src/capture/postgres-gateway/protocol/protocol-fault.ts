/** What broke the protocol. The name goes into counters and tests, the message to the client and the operator. */
export type ProtocolFaultKind =
  | 'bad_length'
  | 'too_long'
  | 'unknown_type'
  | 'bad_startup'
  | 'bytes_before_encryption'
  | 'too_early'
  | 'out_of_step'

/** A stream that is not the protocol, or a part of it that must not stand here: its session is ended. */
export class ProtocolFault extends Error {
  readonly kind: ProtocolFaultKind

  constructor(kind: ProtocolFaultKind, message: string) {
    super(message)
    this.name = 'ProtocolFault'
    this.kind = kind
  }
}
