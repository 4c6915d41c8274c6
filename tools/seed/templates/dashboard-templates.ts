import { template, type QueryTemplate } from '../query-template.ts'

function read(tables: string, durationMs: number, rows: number, text: string): QueryTemplate {
  return template('warehouse', 'read', tables, durationMs, rows, text)
}

/** What the dashboards of Metabase, Redash and Superset ask the warehouse. */
export const dashboardTemplates: readonly QueryTemplate[] = [
  read(
    'analytics.daily_revenue',
    31,
    30,
    `
    SELECT "analytics"."daily_revenue"."day" AS "day", SUM("analytics"."daily_revenue"."revenue") AS "sum"
    FROM "analytics"."daily_revenue"
    WHERE "analytics"."daily_revenue"."day" >= DATE '{month}'
    GROUP BY "analytics"."daily_revenue"."day"
    ORDER BY "analytics"."daily_revenue"."day" ASC`,
  ),
  read(
    'sales.orders',
    240,
    1,
    `
    SELECT COUNT(*) AS "count"
    FROM "sales"."orders"
    WHERE "sales"."orders"."ordered_at" >= CAST('{today}' AS date)
      AND "sales"."orders"."status" = '{status}'`,
  ),
  read(
    'sales.orders crm.customers',
    610,
    12,
    `
    SELECT "Customers"."country" AS "Customers__country", COUNT(*) AS "count"
    FROM "sales"."orders"
    LEFT JOIN "crm"."customers" AS "Customers" ON "sales"."orders"."customer_id" = "Customers"."id"
    WHERE "sales"."orders"."ordered_at" >= DATE_TRUNC('month', NOW())
    GROUP BY "Customers"."country"
    ORDER BY "count" DESC`,
  ),
  read(
    'sales.order_items product.catalog',
    1250,
    10,
    `
    SELECT p.name, SUM(i.quantity * i.unit_price) AS revenue
    FROM sales.order_items i
    JOIN product.catalog p ON p.sku = i.sku
    WHERE i.ordered_at BETWEEN '{month}' AND '{today}' AND p.category = '{category}'
    GROUP BY p.name
    ORDER BY revenue DESC
    LIMIT 10`,
  ),
  read(
    'support.tickets',
    74,
    7,
    `
    SELECT DATE_TRUNC('week', opened_at) AS week, AVG(first_reply_at - opened_at) AS first_reply
    FROM support.tickets
    WHERE opened_at > NOW() - INTERVAL '{days} days'
    GROUP BY 1`,
  ),
  read(
    'logistics.shipments logistics.carriers',
    330,
    6,
    `
    SELECT c.name, PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY s.delivered_at - s.handed_over_at) AS p90
    FROM logistics.shipments s
    JOIN logistics.carriers c ON c.id = s.carrier_id
    WHERE s.country = '{country}'
    GROUP BY c.name`,
  ),
  read(
    'marketing.spend marketing.campaigns',
    140,
    25,
    `
    SELECT c.channel, SUM(s.amount) AS spent, SUM(s.revenue) / NULLIF(SUM(s.amount), 0) AS return
    FROM marketing.spend s
    JOIN marketing.campaigns c ON c.id = s.campaign_id
    WHERE s.day >= '{date}'
    GROUP BY c.channel`,
  ),
  read(
    'product.inventory',
    52,
    40,
    `SELECT sku, on_hand, reserved FROM product.inventory WHERE on_hand - reserved < {small} ORDER BY 2 LIMIT 2000`,
  ),
  read('analytics.customer_360', 28, 1, 'SELECT * FROM analytics.customer_360 WHERE customer_id = {id}'),
  read(
    'finance.payments',
    160,
    31,
    `SELECT paid_on, currency, SUM(amount) FROM finance.payments WHERE paid_on >= '{month}' AND currency = '{currency}' GROUP BY 1, 2 ORDER BY 1`,
  ),
  read(
    'analytics.churn_scores',
    37,
    10,
    `SELECT WIDTH_BUCKET(score, 0, 1, 10) AS bucket, COUNT(*) FROM analytics.churn_scores WHERE scored_on = '{date}' GROUP BY 1 ORDER BY 1`,
  ),
  read(
    'sales.refunds sales.orders',
    95,
    14,
    `SELECT reason, COUNT(*) FROM sales.refunds WHERE order_id IN (SELECT id FROM sales.orders WHERE customer_id = {id}) GROUP BY reason`,
  ),
  read(
    'crm.leads',
    44,
    9,
    `SELECT stage, owner, COUNT(*) FROM crm.leads WHERE created_at >= '{month}' GROUP BY GROUPING SETS ((stage), (owner), ())`,
  ),
  read(
    'sales.orders',
    700,
    168,
    `SELECT EXTRACT(isodow FROM ordered_at) AS weekday, EXTRACT(hour FROM ordered_at) AS hour, COUNT(*) FROM sales.orders WHERE ordered_at > NOW() - INTERVAL '28 days' GROUP BY 1, 2`,
  ),
  read(
    'analytics.order_facts',
    820,
    12,
    `
    SELECT month, SUM(revenue) AS revenue, SUM(SUM(revenue)) OVER (ORDER BY month) AS running
    FROM analytics.order_facts
    WHERE country = '{country}'
    GROUP BY month`,
  ),
]

/** What Looker asks the lake. */
export const explorerTemplates: readonly QueryTemplate[] = [
  template(
    'lake',
    'read',
    'lake.events.page_views',
    2100,
    30,
    `
    SELECT
        (DATE(page_views.viewed_at)) AS page_views_viewed_date,
        COUNT(DISTINCT page_views.visitor_id) AS page_views_visitors
    FROM \`lake.events.page_views\` AS page_views
    WHERE page_views.country = '{country}'
    GROUP BY 1
    ORDER BY 1 DESC
    LIMIT 500`,
  ),
  template(
    'lake',
    'read',
    'lake.events.clicks lake.events.page_views',
    4300,
    50,
    `
    SELECT
        page_views.path AS page_views_path,
        COUNT(*) AS clicks_count
    FROM \`lake.events.clicks\` AS clicks
    LEFT JOIN \`lake.events.page_views\` AS page_views ON clicks.view_id = page_views.view_id
    WHERE clicks.campaign_id = {id}
    GROUP BY 1
    ORDER BY 2 DESC
    LIMIT 500`,
  ),
  template(
    'lake',
    'read',
    'lake.logs.requests',
    3900,
    24,
    `
    SELECT
        TIMESTAMP_TRUNC(requests.at, HOUR) AS requests_at_hour,
        AVG(requests.latency_ms) AS requests_average_latency
    FROM \`lake.logs.requests\` AS requests
    WHERE requests.status >= 500 AND requests.at >= TIMESTAMP('{date}')
    GROUP BY 1
    LIMIT 500`,
  ),
  template(
    'lake',
    'read',
    'lake.iot.telemetry',
    6100,
    20,
    `
    SELECT telemetry.firmware AS telemetry_firmware, COUNT(DISTINCT telemetry.bike_id) AS telemetry_bikes
    FROM \`lake.iot.telemetry\` AS telemetry
    WHERE telemetry.region = '{country}'
    GROUP BY 1
    ORDER BY 2 DESC
    LIMIT 500`,
  ),
]
