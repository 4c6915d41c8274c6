/** How tools are called by people, by their name in events. */
const titles: ReadonlyMap<string, string> = new Map([
  ['metabase', 'Metabase'],
  ['looker', 'Looker'],
  ['dbt', 'dbt'],
  ['redash', 'Redash'],
  ['hex', 'Hex'],
  ['mode', 'Mode'],
  ['sigma', 'Sigma'],
  ['superset', 'Superset'],
  ['tableau', 'Tableau'],
  ['powerbi', 'Power BI'],
  ['airflow', 'Airflow'],
  ['psql', 'psql'],
  ['pg_dump', 'pg_dump'],
  ['dbeaver', 'DBeaver'],
  ['datagrip', 'DataGrip'],
  ['pgadmin', 'pgAdmin'],
  ['jupyter', 'Jupyter'],
  ['excel', 'Excel'],
  ['grafana', 'Grafana'],
  ['fivetran', 'Fivetran'],
  ['airbyte', 'Airbyte'],
  ['dagster', 'Dagster'],
  ['prefect', 'Prefect'],
  ['snowsight', 'Snowsight'],
  ['tableplus', 'TablePlus'],
  ['jdbc', 'JDBC'],
  ['odbc', 'ODBC'],
  ['sqlcommenter', 'an application'],
])

/** The names of tools that a form can offer. */
export const toolNames: readonly string[] = [...titles.keys()].filter(
  (name) => name !== 'sqlcommenter' && name !== 'jdbc' && name !== 'odbc',
)

/** The name of a tool as people read it; an unknown one is shown as it is. */
export function toolTitle(tool: string): string {
  return titles.get(tool) ?? tool
}

/** How programs name themselves to the database; the first that fits. Each is anchored, so none can be slow. */
const applications: readonly (readonly [RegExp, string])[] = [
  [/^metabase\b/i, 'metabase'],
  [/^looker\b/i, 'looker'],
  [/^dbt\b/i, 'dbt'],
  [/^redash\b/i, 'redash'],
  [/^hex\b/i, 'hex'],
  [/^mode(?: analytics)?$/i, 'mode'],
  [/^sigma\b/i, 'sigma'],
  [/^(?:apache[ _-])?superset\b/i, 'superset'],
  [/^tableau\b/i, 'tableau'],
  [/^(?:microsoft )?power ?bi\b|^mashup engine\b|^microsoft mashup\b/i, 'powerbi'],
  [/^(?:apache[ _-])?airflow\b/i, 'airflow'],
  [/^psql\b/i, 'psql'],
  [/^pg_(?:dump|dumpall|restore|basebackup)\b/i, 'pg_dump'],
  [/^dbeaver\b/i, 'dbeaver'],
  [/^datagrip\b|^intellij idea\b/i, 'datagrip'],
  [/^pgadmin\b/i, 'pgadmin'],
  [/^jupyter\b|^ipython\b/i, 'jupyter'],
  [/^(?:microsoft )?excel\b|^microsoft office\b/i, 'excel'],
  [/^grafana\b/i, 'grafana'],
  [/^fivetran\b/i, 'fivetran'],
  [/^airbyte\b/i, 'airbyte'],
  [/^dagster\b/i, 'dagster'],
  [/^prefect\b/i, 'prefect'],
  [/^snowflake (?:web app|ui)\b|^snowsight\b/i, 'snowsight'],
  [/^tableplus\b/i, 'tableplus'],
  [/^(?:postgresql |snowflake |clickhouse |mysql )?(?:jdbc\b|connector\/?j\b)|^microsoft jdbc\b/i, 'jdbc'],
  [/^(?:postgresql |snowflake |simba )?odbc\b/i, 'odbc'],
]

const applicationUnitsMax = 256

/** The tool that an application name belongs to; undefined for one that nobody knows. */
export function toolOfApplication(application: string | undefined): string | undefined {
  if (application === undefined || application === '') return undefined
  const text = application.slice(0, applicationUnitsMax).trimStart()
  return applications.find(([pattern]) => pattern.test(text))?.[1]
}
