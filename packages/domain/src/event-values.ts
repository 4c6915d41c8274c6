/** The fixed values of an event's fields, apart from the schemas, so that a page can name them without a validator. */
export const actorTypes = ['user', 'service', 'api_key', 'system', 'ai_agent', 'anonymous'] as const

export const outcomes = ['success', 'failure', 'denied'] as const

/** From the most far-reaching to the least: a text of several statements has the first that occurs. */
export const statementKinds = [
  'dcl',
  'ddl',
  'write',
  'import',
  'export',
  'procedure',
  'maintenance',
  'read',
  'session',
  'tcl',
  'other',
] as const
