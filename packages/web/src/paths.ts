/** Every address of the app: routes are declared with these, links are built from these. */
export const paths = {
  home: '/',
  auditLog: '/audit-log',
  event: '/audit-log/$eventId',
  insights: '/insights',
  insightsPeople: '/insights/people',
  insightsPerson: '/insights/people/$personId',
  insightsTables: '/insights/tables',
  insightsTable: '/insights/tables/$tableName',
  insightsQueries: '/insights/queries',
  insightsQuery: '/insights/queries/$fingerprint',
  insightsTools: '/insights/tools',
  insightsActivity: '/insights/activity',
  accessReview: '/insights/access',
  policies: '/policies',
  policy: '/policies/$policyId',
  policyExceptions: '/policies/exceptions',
  tableTags: '/policies/tags',
  alerts: '/alerts',
  alert: '/alerts/$alertId',
  alertRules: '/alerts/rules',
  alertRule: '/alerts/rules/$ruleId',
  integrations: '/settings/integrations',
  members: '/settings/members',
  people: '/settings/members/people',
  apiKeys: '/settings/api-keys',
  scheduledExports: '/settings/scheduled-exports',
  alertReceivers: '/settings/alert-receivers',
  workspace: '/settings/workspace',
  account: '/account',
  signIn: '/sign-in',
  setup: '/setup',
  invitation: '/invitation',
  passwordReset: '/reset-password',
} as const

/** The address of one event that can be sent to a colleague. `origin` such as `https://audit.acme.com`. */
export function eventAddress(origin: string, eventId: string): string {
  return `${origin}${paths.auditLog}/${encodeURIComponent(eventId)}`
}

/** An address of this app to return to after signing in; anything that could leave the app becomes `/`. */
export function safeReturnPath(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/') || next.startsWith('//') || next.includes('\\')) {
    return paths.home
  }
  return next
}
