import type { MappingInput } from './mapping.ts'

export const presetNames = ['snowflake', 'bigquery', 'clickhouse'] as const
export type PresetName = (typeof presetNames)[number]

/** What all of them say: somebody ran a query. */
const query = { type: { value: 'query' }, 'actor.type': { value: 'user' } }

/** Mappings of query histories by their documented columns, in any case of letters. */
export const mappingPresets: Readonly<Record<PresetName, MappingInput>> = {
  /** The view SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY. */
  snowflake: {
    ignoreCase: true,
    fields: {
      ...query,
      id: 'query_id',
      occurredAt: 'start_time',
      'actor.id': 'user_name',
      'actor.name': 'user_name',
      outcome: {
        from: 'execution_status',
        values: {
          success: 'success',
          SUCCESS: 'success',
          fail: 'failure',
          FAIL: 'failure',
          incident: 'failure',
          INCIDENT: 'failure',
        },
      },
      'data.sql': 'query_text',
      'data.dialect': { value: 'snowflake' },
      'data.database': 'database_name',
      'data.login': 'user_name',
      'data.durationMs': { from: 'total_elapsed_time', as: 'number' },
      'data.rows': { from: 'rows_produced', as: 'number' },
      'data.bytes': { from: 'bytes_scanned', as: 'number' },
      'data.error.code': { from: 'error_code', as: 'text' },
      'data.error.message': 'error_message',
      'context.sessionId': 'session_id',
      'targets[0].type': { value: 'warehouse' },
      'targets[0].name': 'warehouse_name',
    },
  },
  /** The view INFORMATION_SCHEMA.JOBS. */
  bigquery: {
    ignoreCase: true,
    fields: {
      ...query,
      id: 'job_id',
      occurredAt: 'creation_time',
      'actor.id': 'user_email',
      'actor.email': 'user_email',
      outcome: {
        from: 'error_result.reason',
        values: { accessDenied: 'denied' },
        otherwise: 'failure',
        default: 'success',
      },
      'data.sql': 'query',
      'data.dialect': { value: 'bigquery' },
      'data.database': 'project_id',
      'data.login': 'user_email',
      'data.bytes': { from: 'total_bytes_processed', as: 'number' },
      'data.error.code': 'error_result.reason',
      'data.error.message': 'error_result.message',
      'context.requestId': 'job_id',
    },
  },
  /** The table system.query_log, without its rows of type QueryStart. */
  clickhouse: {
    ignoreCase: true,
    fields: {
      ...query,
      occurredAt: [
        'query_start_time_microseconds',
        'query_start_time',
        'event_time_microseconds',
        'event_time',
      ],
      'actor.id': 'user',
      'actor.name': 'user',
      outcome: {
        from: 'type',
        values: {
          QueryFinish: 'success',
          ExceptionBeforeStart: 'failure',
          ExceptionWhileProcessing: 'failure',
        },
      },
      'data.sql': 'query',
      'data.dialect': { value: 'clickhouse' },
      'data.database': 'current_database',
      'data.login': 'user',
      'data.durationMs': { from: 'query_duration_ms', as: 'number' },
      'data.rows': { from: 'result_rows', as: 'number' },
      'data.bytes': { from: 'read_bytes', as: 'number' },
      'data.error.message': 'exception',
      'context.ip': 'address',
      'context.application': ['client_name', 'http_user_agent'],
      'context.userAgent': 'http_user_agent',
      'context.requestId': 'query_id',
    },
  },
}
