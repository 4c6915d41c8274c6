import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findProgram } from '../packages/server/src/testing/find-program.ts'
import { environmentOf, GatewayAndDirect, run } from './gateway-and-direct.ts'

/** PostgreSQL's driver for Java, directly and through the gateway: what the program prints has to be the same. */

const program = join(import.meta.dirname, 'act-through-jdbc.java')
/** Where Debian's package libpostgresql-jdbc-java puts it. */
const driver = process.env['POSTGRESQL_JDBC_JAR'] ?? '/usr/share/java/postgresql.jar'

const ways = new GatewayAndDirect()

test('JDBC gets the same results', async (context) => {
  const java = findProgram('java')
  if (java === undefined || findProgram('javac') === undefined) context.skip('no Java compiler is installed')
  if (!existsSync(driver)) context.skip(`there is no ${driver}`)
  const { stdout } = await ways.expectSame(async (way) => {
    const url = `jdbc:postgresql://127.0.0.1:${way.port}/${way.database}`
    const options = ['-Dfile.encoding=UTF-8', '-Duser.timezone=UTC', '--class-path', driver]
    const args = [...options, program, url, way.user, way.password]
    const outcome = await run(java ?? '', args, { env: environmentOf(way) })
    expect([outcome.code, outcome.stderr]).toEqual([0, ''])
    return outcome
  })
  expect(stdout).toContain('== the simple protocol')
  const batches = ways.gateway.recorder.facts().filter(({ executions }) => executions > 1)
  expect(Math.max(...batches.map(({ executions }) => executions))).toBeGreaterThan(100)
}, 120_000)
