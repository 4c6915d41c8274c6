import { template, type QueryTemplate } from '../query-template.ts'

function read(tables: string, durationMs: number, rows: number, text: string): QueryTemplate {
  return template('warehouse', 'read', tables, durationMs, rows, text)
}

/** What people ask the warehouse by hand, the most frequent first. */
export const analystTemplates: readonly QueryTemplate[] = [
  read('sales.orders', 14, 1, 'select * from sales.orders where id = {id}'),
  read(
    'sales.orders crm.customers',
    160,
    100,
    `
    select o.id, o.ordered_at, o.total, c.name, c.country
    from sales.orders o
    join crm.customers c on c.id = o.customer_id
    where o.ordered_at >= date '{date}'
      and c.country = '{country}'
    order by o.ordered_at desc
    limit {limit}`,
  ),
  read('crm.customers', 12, 1, `select * from crm.customers where email = '{email}'`),
  read(
    'sales.orders',
    420,
    30,
    `
    select date_trunc('day', ordered_at) as day, count(*) as orders, sum(total) as revenue
    from sales.orders
    where ordered_at >= current_date - interval '{days} days'
    group by 1
    order by 1`,
  ),
  read(
    'crm.customers',
    35,
    18,
    `select id, name, city, country from crm.customers where city = '{city}' limit {limit}`,
  ),
  read(
    'sales.order_items product.catalog',
    890,
    40,
    `
    select p.category, p.name, sum(i.quantity) as sold
    from sales.order_items i
    join product.catalog p using (sku)
    where p.category = '{category}'
      and i.order_id > {id}
    group by p.category, p.name
    order by sold desc
    limit 40`,
  ),
  read(
    'analytics.daily_revenue',
    22,
    90,
    `
    select day, country, revenue, revenue - lag(revenue) over (partition by country order by day) as change
    from analytics.daily_revenue
    where day >= date '{date}'
    order by day, country`,
  ),
  read(
    'sales.orders',
    2300,
    12,
    `
    with first_orders as (
      select customer_id, min(ordered_at) as first_at
      from sales.orders
      group by customer_id
    )
    select date_trunc('month', f.first_at) as cohort,
           count(distinct f.customer_id) as customers,
           count(distinct o.customer_id) filter (where o.ordered_at > f.first_at + interval '{days} days') as came_back
    from first_orders f
    join sales.orders o using (customer_id)
    group by 1
    order by 1 desc
    limit 12`,
  ),
  read(
    'analytics.customer_360',
    48,
    20,
    `
    select customer_id, lifetime_value, orders, last_order_at, segment
    from analytics.customer_360
    where lifetime_value > {amount}
    order by lifetime_value desc
    limit {limit}`,
  ),
  read(
    'support.tickets crm.customers',
    85,
    25,
    `
    select t.id, t.opened_at, t.subject, c.name
    from support.tickets t
    left join crm.customers c on c.id = t.customer_id
    where t.status = '{status}'
      and t.subject ilike '{word}'
    order by t.opened_at desc`,
  ),
  read(
    'logistics.shipments logistics.carriers',
    130,
    60,
    `
    select c.name as carrier, s.tracking_code, s.handed_over_at, s.delivered_at
    from logistics.shipments s
    join logistics.carriers c on c.id = s.carrier_id
    where s.order_id in ({ids})`,
  ),
  read(
    'product.inventory product.catalog',
    64,
    45,
    `
    select p.sku, p.name, i.warehouse, i.on_hand - i.reserved as available
    from product.inventory i
    join product.catalog p using (sku)
    where i.on_hand - i.reserved < {small}
    order by available`,
  ),
  read(
    'marketing.campaigns marketing.spend',
    75,
    15,
    `
    select c.name, c.channel, sum(s.amount) as spent, sum(s.clicks) as clicks,
           round(sum(s.amount) / nullif(sum(s.clicks), 0), 3) as cost_per_click
    from marketing.campaigns c
    join marketing.spend s on s.campaign_id = c.id
    where c.channel = '{channel}'
      and s.day between date '{month}' and date '{today}'
    group by c.name, c.channel
    order by spent desc`,
  ),
  read(
    'sales.refunds sales.orders',
    210,
    30,
    `
    select r.reason, count(*) as refunds, sum(r.amount) as amount, avg(r.created_at - o.ordered_at) as after
    from sales.refunds r
    join sales.orders o on o.id = r.order_id
    where r.created_at >= date '{date}'
    group by rollup (r.reason)
    order by refunds desc`,
  ),
  read(
    'finance.payments',
    32,
    2,
    'select id, status, amount, currency, psp_reference from finance.payments where order_id = {id}',
  ),
  read(
    'finance.ledger',
    540,
    240,
    `
    select account, currency, sum(debit) - sum(credit) as balance
    from finance.ledger
    where booked_on < date '{month}'
    group by account, currency
    having abs(sum(debit) - sum(credit)) > {amount}
    order by account`,
  ),
  read(
    'finance.payouts finance.payments',
    380,
    80,
    `
    select p.id, p.paid_on, p.amount, count(y.id) as payments
    from finance.payouts p
    left join finance.payments y on y.payout_id = p.id
    where p.currency = '{currency}'
    group by p.id
    order by p.paid_on desc
    limit {limit}`,
  ),
  read(
    'sales.invoices crm.customers',
    95,
    50,
    `
    select i.number, i.issued_on, i.total, c.name
    from sales.invoices i
    join crm.customers c on c.id = i.customer_id
    where i.paid_on is null
      and i.due_on < current_date - {small}
    order by i.due_on`,
  ),
  read(
    'analytics.churn_scores analytics.customer_360',
    260,
    100,
    `
    select s.customer_id, s.score, v.segment, ntile(10) over (order by s.score desc) as decile
    from analytics.churn_scores s
    join analytics.customer_360 v using (customer_id)
    where s.score > {score}
      and s.customer_id >= {id}
    order by s.score desc
    limit {limit}`,
  ),
  read(
    'crm.leads',
    41,
    60,
    `select * from crm.leads where owner = '{staff}' and stage <> 'lost' order by next_step_on nulls last`,
  ),
  read(
    'crm.contacts crm.leads',
    58,
    12,
    `
    select l.company, c.name, c.email, c.phone
    from crm.contacts c
    join crm.leads l on l.id = c.lead_id
    where l.id = {id}`,
  ),
  read(
    'sales.orders',
    310,
    5,
    `
    select percentile_cont(array[0.5, 0.9, 0.99]) within group (order by total) as totals
    from sales.orders
    where country = '{country}' and ordered_at >= date '{date}'`,
  ),
  read(
    'marketing.clicks marketing.campaigns',
    1900,
    24,
    `
    select c.name, date_trunc('hour', k.clicked_at) as hour, count(*)
    from marketing.clicks k
    join marketing.campaigns c on c.id = k.campaign_id
    where k.clicked_at >= timestamptz '{date} 00:00:00+00'
    group by 1, 2
    order by 3 desc
    limit {limit}`,
  ),
  read(
    'hr.employees',
    9,
    40,
    `select id, name, team, office, starts_on from hr.employees where team = 'operations' order by name`,
  ),
  read(
    'sales.orders sales.order_items product.prices',
    3400,
    200,
    `
    select o.id, i.sku, i.unit_price, p.price as list_price, i.unit_price - p.price as difference
    from sales.orders o
    join sales.order_items i on i.order_id = o.id
    cross join lateral (
      select price from product.prices
      where sku = i.sku and valid_from <= o.ordered_at
      order by valid_from desc
      limit 1
    ) p
    where o.ordered_at >= date '{date}'
      and i.unit_price <> p.price
      and o.id > {id}`,
  ),
  read(
    'analytics.order_facts',
    620,
    52,
    `
    select iso_week, channel, sum(revenue) as revenue, sum(margin) as margin
    from analytics.order_facts
    where ordered_on >= date '{month}'
    group by cube (iso_week, channel)`,
  ),
  read('analytics.order_facts', 150, 20, 'select * from analytics.order_facts where order_id = {id}'),
  read('product.prices', 11, 8, `select * from product.prices where sku = '{sku}' order by valid_from desc`),
  read('sales.orders', 5, 30, 'explain select * from sales.orders where customer_id = {id}'),
  read(
    'crm.customers sales.orders',
    1450,
    50,
    `
    select c.country, count(*) as silent
    from crm.customers c
    where not exists (
      select 1 from sales.orders o
      where o.customer_id = c.id and o.ordered_at > now() - interval '180 days'
    )
      and c.id between {id} and 9999999
    group by c.country
    order by silent desc`,
  ),
  template(
    'warehouse',
    'ddl',
    'sales.orders > tmp_totals',
    2600,
    4000,
    `
    create temporary table tmp_totals as
    select customer_id, sum(total) as total from sales.orders where ordered_at >= date '{date}' group by customer_id`,
  ),
  template('warehouse', 'session', '', 0.4, undefined, `set search_path to analytics, sales, crm`),
  template('warehouse', 'session', '', 0.3, undefined, `set statement_timeout = '120s'`),
  template('warehouse', 'session', '', 0.9, undefined, 'show work_mem'),
  template(
    'warehouse',
    'export',
    'analytics.daily_revenue',
    240,
    900,
    `copy (select * from analytics.daily_revenue where day >= '{month}') to stdout with (format csv, header)`,
  ),
  template(
    'warehouse',
    'write',
    '> crm.leads',
    18,
    1,
    `update crm.leads set stage = 'won', closed_on = '{today}' where id = {id}`,
  ),
  template(
    'warehouse',
    'write',
    '> marketing.campaigns',
    16,
    1,
    `insert into marketing.campaigns (name, channel, budget, starts_on) values ('{category} {channel} {today}', '{channel}', {amount}, '{today}') returning id`,
  ),
  template(
    'warehouse',
    'write',
    '> product.prices',
    24,
    1,
    `insert into product.prices (sku, price, valid_from) values ('{sku}', {amount}, '{today}')`,
  ),
  template(
    'warehouse',
    'write',
    '> support.tickets',
    15,
    1,
    `update support.tickets set status = 'closed', closed_at = now() where id = {id}`,
  ),
]
