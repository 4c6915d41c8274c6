import type { Actor } from '@aleph-audit-log/domain/event'

/** What acts, as people call it. */
export const actorTypeNames: Record<Actor['type'], string> = {
  user: 'Person',
  service: 'Service',
  api_key: 'API key',
  system: 'System',
  ai_agent: 'AI agent',
  anonymous: 'Anonymous',
}
