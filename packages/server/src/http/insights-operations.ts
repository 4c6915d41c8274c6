import * as insights from '@aleph-audit-log/domain/api/insights'
import type { Operation } from './api-operations.ts'

const of = {
  method: 'get',
  tag: 'Insights',
  scope: 'events:read',
} as const

const counted =
  'Counts the events that the search finds: what the viewer may not see is not counted. First and last times are told ' +
  'to who sees all events, or all queries; they outlive the events. `format` answers with a file of all rows.'

/** The routes that tell who works with what. */
export const insightsOperations: Operation[] = [
  {
    ...of,
    path: '/api/v1/insights/people',
    summary: 'Who does most, fails most, or has not been seen',
    description: counted,
    query: insights.insightListQuerySchemas.people,
    response: insights.peopleUsageSchema,
  },
  {
    ...of,
    path: '/api/v1/insights/people/{id}',
    summary: 'What one person does',
    query: insights.insightsQuerySchema,
    response: insights.personDetailSchema,
  },
  {
    ...of,
    path: '/api/v1/insights/tables',
    summary: 'Which tables are used most, by how many, or not at all',
    description: counted,
    query: insights.insightListQuerySchemas.tables,
    response: insights.tablesUsageSchema,
  },
  {
    ...of,
    path: '/api/v1/insights/tables/{id}',
    summary: 'Who uses one table',
    query: insights.insightsQuerySchema,
    response: insights.tableDetailSchema,
  },
  {
    ...of,
    path: '/api/v1/insights/queries',
    summary: 'Which queries run most, longest, or fail',
    description: counted,
    query: insights.insightListQuerySchemas.queries,
    response: insights.queriesUsageSchema,
  },
  {
    ...of,
    path: '/api/v1/insights/queries/{id}',
    summary: 'How one query runs, by its fingerprint',
    query: insights.insightsQuerySchema,
    response: insights.queryDetailSchema,
  },
  {
    ...of,
    path: '/api/v1/insights/tools',
    summary: 'Which tools, logins and applications are used',
    description: counted,
    query: insights.insightListQuerySchemas.tools,
    response: insights.toolsUsageSchema,
  },
  {
    ...of,
    path: '/api/v1/insights/activity',
    summary: 'When things happen: events by weekday and hour',
    query: insights.activityQuerySchema,
    response: insights.activitySchema,
  },
]
