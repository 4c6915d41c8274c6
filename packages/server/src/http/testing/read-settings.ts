import type { Settings } from '../../settings/open-settings.ts'

/** Everything in the settings that a refused request must leave as it was. */
export async function readSettings({ db }: Settings): Promise<string> {
  return JSON.stringify([
    await db.selectFrom('users').select(['id', 'name', 'email']).orderBy('id').execute(),
    await db.selectFrom('memberships').selectAll().orderBy('user_id').execute(),
    await db.selectFrom('sessions').select(['user_id', 'token_hash']).orderBy('id').execute(),
    await db.selectFrom('accounts').select(['id', 'password_hash']).orderBy('id').execute(),
    await db.selectFrom('invitations').selectAll().orderBy('id').execute(),
    await db.selectFrom('api_keys').select(['id', 'name', 'scopes', 'revoked_at']).orderBy('id').execute(),
    await db.selectFrom('one_time_tokens').selectAll().orderBy('id').execute(),
    await db.selectFrom('workspace_settings').selectAll().execute(),
    await db.selectFrom('integrations').selectAll().orderBy('id').execute(),
    await db.selectFrom('views').selectAll().orderBy('id').execute(),
    await db.selectFrom('mail_settings').selectAll().execute(),
    await db.selectFrom('export_schedules').selectAll().orderBy('id').execute(),
    await db.selectFrom('export_runs').select('id').orderBy('id').execute(),
    await db.selectFrom('access_reviews').selectAll().orderBy('id').execute(),
    await db.selectFrom('people').selectAll().orderBy('id').execute(),
    await db.selectFrom('person_keys').selectAll().orderBy('value').execute(),
    await db.selectFrom('service_accounts').selectAll().orderBy('id').execute(),
    await db.selectFrom('detection_rules').selectAll().orderBy('rule_id').execute(),
    await db.selectFrom('alerts').selectAll().orderBy('id').execute(),
    await db.selectFrom('alert_steps').selectAll().orderBy('id').execute(),
    await db.selectFrom('alert_mutes').selectAll().orderBy('id').execute(),
    await db.selectFrom('alert_receivers').selectAll().orderBy('id').execute(),
    await db.selectFrom('alert_deliveries').select('id').orderBy('id').execute(),
  ])
}
