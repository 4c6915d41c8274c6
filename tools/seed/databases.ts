export type DatabaseName = 'warehouse' | 'app' | 'lake'

export type Database = {
  name: DatabaseName
  dialect: 'postgres' | 'bigquery'
  /** The way in of its events: the integration that reads its log, or the API. */
  source: string
  /** Full names, as they stand in queries. */
  tables: readonly string[]
}

function tablesOf(schemas: Record<string, string>): string[] {
  return Object.entries(schemas).flatMap(([schema, names]) =>
    names.split(' ').map((name) => `${schema}.${name}`),
  )
}

export const databases: Record<DatabaseName, Database> = {
  warehouse: {
    name: 'warehouse',
    dialect: 'postgres',
    source: 'warehouse-postgres-log',
    tables: tablesOf({
      sales: 'orders order_items invoices refunds',
      crm: 'customers leads contacts',
      product: 'catalog prices inventory',
      marketing: 'campaigns clicks spend',
      finance: 'ledger payments payouts',
      hr: 'employees salaries',
      analytics: 'order_facts customer_360 daily_revenue churn_scores',
      staging: 'raw_orders raw_customers raw_payments',
      support: 'tickets',
      logistics: 'shipments carriers',
    }),
  },
  app: {
    name: 'app',
    dialect: 'postgres',
    source: 'app-postgres-log',
    tables: tablesOf({
      public:
        'users sessions carts cart_items orders payments products reviews addresses notifications jobs coupons webhooks feature_flags',
    }),
  },
  lake: {
    name: 'lake',
    dialect: 'bigquery',
    source: 'api',
    tables: tablesOf({
      'lake.events': 'page_views clicks app_opens',
      'lake.ml': 'features predictions',
      'lake.logs': 'requests',
      'lake.iot': 'telemetry',
    }),
  },
}
