import type { GatewayClock } from './gateway-clock.ts'
import type { GatewayCounters } from './gateway-counters.ts'
import type { GatewayLimits } from './gateway-limits.ts'
import type { GatewayMode, GatewayRecorder } from './gateway-recorder.ts'
import type { GatewayTlsContexts, ServerAddress } from './gateway-tls.ts'
import type { MessageRules } from './protocol/message-types.ts'

/** What all sessions of a gateway have in common. */
export type SessionContext = {
  server: ServerAddress
  tls: GatewayTlsContexts
  mode: GatewayMode
  recorder: GatewayRecorder
  limits: GatewayLimits
  replication: 'refuse' | 'allow'
  wantsBind: boolean
  clock: GatewayClock
  counters: GatewayCounters
  clientRules: MessageRules
  serverRules: MessageRules
  /** How many sessions there are, from the startup packet on. */
  serving: { count: number }
}
