import type { Role } from '@aleph-audit-log/domain/api/access'
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { readReviewParams } from './access-review/review-params.ts'
import { readAlertsParams } from './alerts/alerts-params.ts'
import { isApiError } from './api/api-error.ts'
import { sessionQuery } from './api/session.ts'
import { beginSearch } from './events/begin-search.ts'
import { parseQueryString, printQueryString, readEventSearchParams } from './events/event-search.ts'
import { readInsightsParams } from './insights/insights-params.ts'
import { readOverviewParams } from './overview/overview-params.ts'
import { AuditLogPage } from './pages/audit-log-page.tsx'
import { BrokenPage } from './pages/broken-page.tsx'
import { NotFoundPage } from './pages/not-found-page.tsx'
import { SignInPage } from './pages/sign-in-page.tsx'
import { paths } from './paths.ts'
import { Frame } from './ui/frame.tsx'

/** The site map: every address of the app and the page that it shows. */
const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: BrokenPage,
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: paths.signIn,
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search['next'] === 'string' ? { next: search['next'] } : {},
  component: SignInPage,
})

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: paths.setup,
  validateSearch: readToken,
  component: lazyRouteComponent(() => import('./pages/setup-page.tsx'), 'SetupPage'),
})

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: paths.invitation,
  validateSearch: readToken,
  component: lazyRouteComponent(() => import('./pages/invitation-page.tsx'), 'InvitationPage'),
})

const passwordResetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: paths.passwordReset,
  validateSearch: readToken,
  component: lazyRouteComponent(() => import('./pages/password-reset-page.tsx'), 'PasswordResetPage'),
})

/** Everything behind the sign-in: who is not signed in goes there and comes back afterwards. */
const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    try {
      return { session: await context.queryClient.ensureQueryData(sessionQuery) }
    } catch (error) {
      if (!isApiError(error, 'unauthenticated')) throw error
      const next = location.href
      throw redirect({ to: paths.signIn, search: next === paths.home ? {} : { next }, replace: true })
    }
  },
  component: Frame,
})

const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.home,
  validateSearch: readOverviewParams,
  component: lazyRouteComponent(() => import('./pages/overview-page.tsx'), 'OverviewPage'),
})

const auditLogRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.auditLog,
  validateSearch: readEventSearchParams,
  // Once for each time that somebody comes to the page: afterwards it asks itself. A pointer over a link comes to nothing: a
  // search is recorded, and nobody has made one.
  loader: ({ cause, context, location }) =>
    cause === 'preload'
      ? undefined
      : beginSearch(context.queryClient, readEventSearchParams({ ...location.search })),
  shouldReload: false,
  gcTime: 0,
  component: AuditLogPage,
})

// The page itself shows the event at its right; the address only says which.
const auditLogIndexRoute = createRoute({ getParentRoute: () => auditLogRoute, path: '/' })
const eventRoute = createRoute({ getParentRoute: () => auditLogRoute, path: '$eventId' })

const insightsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.insights,
  validateSearch: readInsightsParams,
  component: lazyRouteComponent(() => import('./pages/insights-page.tsx'), 'InsightsPage'),
})

const insightsIndexRoute = createRoute({
  getParentRoute: () => insightsRoute,
  path: '/',
  beforeLoad: ({ search }) => {
    throw redirect({ to: paths.insightsPeople, search, replace: true })
  },
})

// The page of Insights shows them itself, so that all of them are loaded together; the address only says which.
const insightsPeopleRoute = createRoute({ getParentRoute: () => insightsRoute, path: 'people' })
const insightsPersonRoute = createRoute({ getParentRoute: () => insightsRoute, path: 'people/$personId' })
const insightsTablesRoute = createRoute({ getParentRoute: () => insightsRoute, path: 'tables' })
const insightsTableRoute = createRoute({ getParentRoute: () => insightsRoute, path: 'tables/$tableName' })
const insightsQueriesRoute = createRoute({ getParentRoute: () => insightsRoute, path: 'queries' })
const insightsQueryRoute = createRoute({ getParentRoute: () => insightsRoute, path: 'queries/$fingerprint' })
const insightsToolsRoute = createRoute({ getParentRoute: () => insightsRoute, path: 'tools' })
const insightsActivityRoute = createRoute({ getParentRoute: () => insightsRoute, path: 'activity' })

const accessReviewRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.accessReview,
  validateSearch: readReviewParams,
  beforeLoad: ({ context }) => admitRoles(context.session.user.role, ['admin', 'auditor']),
  component: lazyRouteComponent(() => import('./pages/access-review-page.tsx'), 'AccessReviewPage'),
})

const policiesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.policies,
  beforeLoad: ({ context }) => admitRoles(context.session.user.role, ['admin', 'auditor']),
  component: lazyRouteComponent(() => import('./pages/policies-page.tsx'), 'PoliciesPage'),
})

const policyRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.policy,
  beforeLoad: ({ context }) => admitRoles(context.session.user.role, ['admin', 'auditor']),
  component: lazyRouteComponent(() => import('./pages/policy-page.tsx'), 'PolicyPage'),
})

const policyExceptionsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.policyExceptions,
  beforeLoad: ({ context }) => admitRoles(context.session.user.role, ['admin', 'auditor']),
  component: lazyRouteComponent(() => import('./pages/policy-exceptions-page.tsx'), 'PolicyExceptionsPage'),
})

const tableTagsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.tableTags,
  beforeLoad: ({ context }) => admitRoles(context.session.user.role, ['admin', 'auditor']),
  component: lazyRouteComponent(() => import('./pages/table-tags-page.tsx'), 'TableTagsPage'),
})

const alertsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.alerts,
  validateSearch: readAlertsParams,
  beforeLoad: ({ context }) => admitRoles(context.session.user.role, ['admin', 'auditor']),
  component: lazyRouteComponent(() => import('./pages/alerts-page.tsx'), 'AlertsPage'),
})

const alertRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.alert,
  beforeLoad: ({ context }) => admitRoles(context.session.user.role, ['admin', 'auditor']),
  component: lazyRouteComponent(() => import('./pages/alert-page.tsx'), 'AlertPage'),
})

const alertRulesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.alertRules,
  beforeLoad: ({ context }) => admitRoles(context.session.user.role, ['admin', 'auditor']),
  component: lazyRouteComponent(() => import('./pages/alert-rules-page.tsx'), 'AlertRulesPage'),
})

const alertRuleRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.alertRule,
  beforeLoad: ({ context }) => admitRoles(context.session.user.role, ['admin', 'auditor']),
  component: lazyRouteComponent(() => import('./pages/alert-rule-page.tsx'), 'AlertRulePage'),
})

const integrationsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.integrations,
  beforeLoad: ({ context }) => admitAdmins(context.session.user.role),
  component: lazyRouteComponent(() => import('./pages/integrations-page.tsx'), 'IntegrationsPage'),
})

const membersRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.members,
  beforeLoad: ({ context }) => admitAdmins(context.session.user.role),
  component: lazyRouteComponent(() => import('./pages/members-page.tsx'), 'MembersPage'),
})

const peopleRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.people,
  beforeLoad: ({ context }) => admitRoles(context.session.user.role, ['admin', 'auditor']),
  component: lazyRouteComponent(() => import('./pages/people-page.tsx'), 'PeoplePage'),
})

const apiKeysRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.apiKeys,
  beforeLoad: ({ context }) => admitAdmins(context.session.user.role),
  component: lazyRouteComponent(() => import('./pages/api-keys-page.tsx'), 'ApiKeysPage'),
})

const scheduledExportsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.scheduledExports,
  beforeLoad: ({ context }) => admitAdmins(context.session.user.role),
  component: lazyRouteComponent(() => import('./pages/scheduled-exports-page.tsx'), 'ScheduledExportsPage'),
})

const alertReceiversRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.alertReceivers,
  beforeLoad: ({ context }) => admitAdmins(context.session.user.role),
  component: lazyRouteComponent(() => import('./pages/alert-receivers-page.tsx'), 'AlertReceiversPage'),
})

const workspaceRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.workspace,
  beforeLoad: ({ context }) => admitAdmins(context.session.user.role),
  component: lazyRouteComponent(() => import('./pages/workspace-page.tsx'), 'WorkspacePage'),
})

const accountRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: paths.account,
  component: lazyRouteComponent(() => import('./pages/account-page.tsx'), 'AccountPage'),
})

const routeTree = rootRoute.addChildren([
  signInRoute,
  setupRoute,
  invitationRoute,
  passwordResetRoute,
  signedInRoute.addChildren([
    homeRoute,
    auditLogRoute.addChildren([auditLogIndexRoute, eventRoute]),
    insightsRoute.addChildren([
      insightsIndexRoute,
      insightsPeopleRoute,
      insightsPersonRoute,
      insightsTablesRoute,
      insightsTableRoute,
      insightsQueriesRoute,
      insightsQueryRoute,
      insightsToolsRoute,
      insightsActivityRoute,
    ]),
    accessReviewRoute,
    policiesRoute,
    policyRoute,
    policyExceptionsRoute,
    tableTagsRoute,
    alertsRoute,
    alertRoute,
    alertRulesRoute,
    alertRuleRoute,
    integrationsRoute,
    membersRoute,
    peopleRoute,
    apiKeysRoute,
    scheduledExportsRoute,
    alertReceiversRoute,
    workspaceRoute,
    accountRoute,
  ]),
])

function readToken(search: Record<string, unknown>): { token?: string } {
  const token = search['token']
  return typeof token === 'string' && token !== '' ? { token } : {}
}

/** The server refuses everybody else there anyway; people see only what works for them. */
function admitRoles(role: Role, admitted: readonly Role[]): void {
  if (!admitted.includes(role)) throw redirect({ to: paths.auditLog, replace: true })
}

function admitAdmins(role: Role): void {
  admitRoles(role, ['admin'])
}

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    parseSearch: parseQueryString,
    stringifySearch: printQueryString,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    // The app scrolls inside its own boxes.
    scrollRestoration: false,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
