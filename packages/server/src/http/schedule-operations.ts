import * as mail from '@aleph-audit-log/domain/api/mail'
import * as schedules from '@aleph-audit-log/domain/api/schedules'
import type { Operation } from './api-operations.ts'

const forAdmins =
  'For admins who are signed in: an export later is somebody’s, with their rights, and an API key is nobody.'

/** The routes of scheduled exports, and of the server that sends e-mails. */
export const scheduleOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/schedules',
    tag: 'Scheduled exports',
    scope: 'session',
    summary: 'List scheduled exports with their last runs',
    description: forAdmins,
    response: schedules.scheduleListSchema,
  },
  {
    method: 'post',
    path: '/api/v1/schedules',
    tag: 'Scheduled exports',
    scope: 'session',
    summary: 'Schedule an export',
    description: forAdmins,
    body: schedules.createScheduleRequestSchema,
    status: 201,
    response: schedules.scheduleResponseSchema,
  },
  {
    method: 'patch',
    path: '/api/v1/schedules/{id}',
    tag: 'Scheduled exports',
    scope: 'session',
    summary: 'Change a scheduled export',
    description: 'From then on it runs with the rights of who changed it, unless it was only switched off.',
    body: schedules.changeScheduleRequestSchema,
    response: schedules.scheduleResponseSchema,
  },
  {
    method: 'delete',
    path: '/api/v1/schedules/{id}',
    tag: 'Scheduled exports',
    scope: 'session',
    summary: 'Delete a scheduled export',
    status: 204,
  },
  {
    method: 'post',
    path: '/api/v1/schedules/{id}/runs',
    tag: 'Scheduled exports',
    scope: 'session',
    summary: 'Run a scheduled export now, of the period before today',
    description: 'Answers when the run waits; the list of schedules tells how it ends.',
    status: 202,
    response: schedules.exportRunResponseSchema,
  },
  {
    method: 'get',
    path: '/api/v1/mail-settings',
    tag: 'Scheduled exports',
    scope: 'admin',
    summary: 'The server that sends e-mails, without its password',
    response: mail.mailSettingsResponseSchema,
  },
  {
    method: 'patch',
    path: '/api/v1/mail-settings',
    tag: 'Scheduled exports',
    scope: 'admin',
    summary: 'Set the server that sends e-mails',
    body: mail.changeMailRequestSchema,
    response: mail.mailSettingsResponseSchema,
  },
  {
    method: 'post',
    path: '/api/v1/mail-settings/test',
    tag: 'Scheduled exports',
    scope: 'admin',
    summary: 'Send a test e-mail by a server, before it is set',
    body: mail.testMailRequestSchema,
    response: mail.testMailResponseSchema,
  },
]
