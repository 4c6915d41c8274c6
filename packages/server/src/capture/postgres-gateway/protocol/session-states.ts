/**
 * The life of a session:
 *
 *     greeting ──startup──► connecting ──connected──► signing_in ──signed_in──► working
 *       │  ▲                    │                         │                        │
 *  encrypt  encrypted           └──────── failed ─────────┤   one side ended ──────┤
 *       ▼  │                                              ▼                        ▼
 *     securing                                          closed ◄──both ended─── ending
 *
 * A cancel request goes from `greeting` to `cancelling` and to `closed`. Each state ends in `closed` when something
 * failed: a fault of the protocol, a time that ran out, a server that is away, the gateway's own end.
 */
export type SessionState =
  | 'greeting'
  | 'securing'
  | 'connecting'
  | 'cancelling'
  | 'signing_in'
  | 'working'
  | 'ending'
  | 'closed'

export type SessionStep =
  | 'encrypt'
  | 'encrypted'
  | 'startup'
  | 'cancel'
  | 'connected'
  | 'signed_in'
  | 'one_side_ended'
  | 'both_ended'
  | 'failed'

/** Undefined: this cannot happen in this state, and the program is wrong if it does. */
export const sessionStates: Record<SessionState, Record<SessionStep, SessionState | undefined>> = {
  greeting: {
    encrypt: 'securing',
    encrypted: undefined,
    startup: 'connecting',
    cancel: 'cancelling',
    connected: undefined,
    signed_in: undefined,
    one_side_ended: 'closed',
    both_ended: 'closed',
    failed: 'closed',
  },
  securing: {
    encrypt: undefined,
    encrypted: 'greeting',
    startup: undefined,
    cancel: undefined,
    connected: undefined,
    signed_in: undefined,
    one_side_ended: 'closed',
    both_ended: 'closed',
    failed: 'closed',
  },
  connecting: {
    encrypt: undefined,
    encrypted: undefined,
    startup: undefined,
    cancel: undefined,
    connected: 'signing_in',
    signed_in: undefined,
    one_side_ended: 'closed',
    both_ended: 'closed',
    failed: 'closed',
  },
  cancelling: {
    encrypt: undefined,
    encrypted: undefined,
    startup: undefined,
    cancel: undefined,
    connected: 'cancelling',
    signed_in: undefined,
    one_side_ended: 'cancelling',
    both_ended: 'closed',
    failed: 'closed',
  },
  signing_in: {
    encrypt: undefined,
    encrypted: undefined,
    startup: undefined,
    cancel: undefined,
    connected: undefined,
    signed_in: 'working',
    one_side_ended: 'ending',
    both_ended: 'closed',
    failed: 'closed',
  },
  working: {
    encrypt: undefined,
    encrypted: undefined,
    startup: undefined,
    cancel: undefined,
    connected: undefined,
    signed_in: undefined,
    one_side_ended: 'ending',
    both_ended: 'closed',
    failed: 'closed',
  },
  ending: {
    encrypt: undefined,
    encrypted: undefined,
    startup: undefined,
    cancel: undefined,
    connected: undefined,
    // The server may greet a client that has sent all it had to say.
    signed_in: 'ending',
    one_side_ended: 'ending',
    both_ended: 'closed',
    failed: 'closed',
  },
  closed: {
    encrypt: 'closed',
    encrypted: 'closed',
    startup: 'closed',
    cancel: 'closed',
    connected: 'closed',
    signed_in: 'closed',
    one_side_ended: 'closed',
    both_ended: 'closed',
    failed: 'closed',
  },
}
