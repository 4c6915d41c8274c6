import { describe, expect, it } from 'vitest'
import { readClickHouseUrl } from './clickhouse-url.ts'
import { readConfig } from './config.ts'

describe('the address of a ClickHouse server', () => {
  it('has a default for everything but the host', () => {
    expect(readClickHouseUrl('http://localhost:8123')).toEqual({
      origin: 'http://localhost:8123',
      username: 'default',
      password: '',
      database: 'default',
      cluster: undefined,
      insertQuorum: undefined,
    })
  })

  it('names user, password, database, cluster and quorum', () => {
    const url = 'https://audit:p%40ss%2Fw%3Ard@[::1]:8443/audit_log?cluster=main&insert_quorum=auto'
    expect(readClickHouseUrl(url)).toEqual({
      origin: 'https://[::1]:8443',
      username: 'audit',
      password: 'p@ss/w:rd',
      database: 'audit_log',
      cluster: 'main',
      insertQuorum: 'auto',
    })
  })

  it.each([
    ['localhost:8123', 'http or https'],
    ['tcp://s3cret@localhost:9000', 'http or https'],
    ['http://u:s3cret@localhost:8123/a/b', "database's name"],
    ['http://u:s3cret@localhost:8123/a%27b', "database's name"],
    ['http://u:s3cret@localhost:8123/a?compress=1', '"compress"'],
    ["http://u:s3cret@localhost:8123/a?cluster=x'y", "cluster's name"],
    ['http://u:s3cret@localhost:8123/a?insert_quorum=2', 'together with cluster'],
    ['http://u:s3cret@localhost:8123/a?cluster=c&insert_quorum=0', 'number of replicas'],
    ['http://u:s3cret%zz@localhost:8123/a', 'percent-encoded'],
  ])('is refused where it cannot be used, without telling it (%s)', (url, why) => {
    const AUDIT_CLICKHOUSE_URL = url
    expect(() => readConfig({ AUDIT_CLICKHOUSE_URL })).toThrow(why)
    expect(() => readConfig({ AUDIT_CLICKHOUSE_URL })).toThrow(
      /^The environment cannot be used: AUDIT_CLICKHOUSE_URL /,
    )
    expect(() => readConfig({ AUDIT_CLICKHOUSE_URL })).not.toThrow('s3cret')
  })
})
