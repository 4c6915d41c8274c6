import * as views from '@aleph-audit-log/domain/api/views'
import type { Operation } from './api-operations.ts'

/**
 * The routes of saved views. They are for people who are signed in: a view belongs to a person, and an API key is
 * none. What a program could want of a view, its search and columns, it gives to a search or download itself.
 */
export const viewOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/views',
    tag: 'Views',
    scope: 'session',
    summary: 'List your views and those that are shared with the workspace',
    response: views.viewListSchema,
  },
  {
    method: 'post',
    path: '/api/v1/views',
    tag: 'Views',
    scope: 'session',
    summary: 'Save a view of the Audit Log page',
    description:
      'A view holds what is asked, never what is found: whoever opens a shared one sees what their role lets them see.',
    body: views.createViewRequestSchema,
    status: 201,
    response: views.viewResponseSchema,
  },
  {
    method: 'patch',
    path: '/api/v1/views/{id}',
    tag: 'Views',
    scope: 'session',
    summary: 'Rename, change, share or unshare a view',
    description: 'Its owner may, and of a shared one every admin.',
    body: views.changeViewRequestSchema,
    response: views.viewResponseSchema,
  },
  {
    method: 'delete',
    path: '/api/v1/views/{id}',
    tag: 'Views',
    scope: 'session',
    summary: 'Delete a view',
    description: 'Its owner may, and of a shared one every admin.',
    status: 204,
  },
]
