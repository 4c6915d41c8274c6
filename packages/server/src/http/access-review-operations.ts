import * as review from '@aleph-audit-log/domain/api/access-review'
import type { Operation } from './api-operations.ts'

const who = 'For admins and auditors, and keys that read the log: they see all of it.'

/** The routes of the access review. */
export const accessReviewOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/insights/access',
    tag: 'Insights',
    scope: 'events:read',
    summary: 'Who read or wrote some tables: a line for each table and person',
    description: `${who} With \`format=xlsx\` as an Excel workbook. 413 where there are more lines than one can review.`,
    query: review.accessReportQuerySchema,
    response: review.accessReportSchema,
  },
  {
    method: 'get',
    path: '/api/v1/insights/access/tables',
    tag: 'Insights',
    scope: 'events:read',
    summary: 'Tables of the log that can be reviewed, the most used first',
    description: who,
    response: review.knownTablesSchema,
  },
  {
    method: 'get',
    path: '/api/v1/insights/access/sign-offs',
    tag: 'Insights',
    scope: 'events:read',
    summary: 'List access reviews that were signed off, the newest first',
    description: who,
    response: review.signOffListSchema,
  },
  {
    method: 'post',
    path: '/api/v1/insights/access/sign-offs',
    tag: 'Insights',
    scope: 'events:read',
    summary: 'Sign off an access review, with a decision for each line',
    description:
      'By a person who is signed in as admin or auditor. What is counted is counted again and kept with the decisions, ' +
      'for good; 409 if it is not what `hash` names.',
    body: review.signOffRequestSchema,
    status: 201,
    response: review.signOffResponseSchema,
  },
  {
    method: 'get',
    path: '/api/v1/insights/access/sign-offs/{id}',
    tag: 'Insights',
    scope: 'events:read',
    summary: 'Read a signed access review; with `format=xlsx` as an Excel workbook',
    description: who,
    query: review.signOffFormatSchema,
    response: review.signOffResponseSchema,
  },
]
