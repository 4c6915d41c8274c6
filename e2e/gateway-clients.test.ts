import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest'
import { findProgram } from '../packages/server/src/testing/find-program.ts'
import {
  environmentOf,
  GatewayAndDirect,
  run,
  runInterrupted,
  type Outcome,
  type Way,
} from './gateway-and-direct.ts'

/** PostgreSQL's own programs, directly and through the gateway: what they print and leave has to be the same. */

const ways = new GatewayAndDirect({ usesInstalled: true })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aleph-clients-'))
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

/** The path of a program; skips the test where it is not installed. */
function need(context: TestContext, name: string): string {
  const path = findProgram(name)
  if (path === undefined) context.skip(`${name} is not installed`)
  return path ?? ''
}

/** What psql prints for a script. */
async function psql(
  context: TestContext,
  way: Way,
  input: string,
  args: readonly string[] = [],
): Promise<Outcome> {
  const env = environmentOf(way)
  const outcome = await run(need(context, 'psql'), ['--no-psqlrc', '--echo-all', ...args], {
    env,
    input,
    cwd: folder,
  })
  return { ...outcome, stdout: withoutPids(outcome.stdout), stderr: withoutPids(outcome.stderr) }
}

function withoutPids(text: string): string {
  return text.replaceAll(/PID \d+/g, 'PID ...')
}

describe('psql', () => {
  test('prints the same for results, errors, notices and notifications', async (context) => {
    const script = `
      create table person (id serial primary key, name text not null unique, born date, data jsonb);
      insert into person (name, born, data) values ('Ada', '1815-12-10', '{"a": [1, 2]}'), ('Grüße, 世界', null, null);
      select * from person order by id;
      \\set VERBOSITY verbose
      insert into person (name) values ('Ada');
      select nothing from person;
      select 1 / 0;
      selec 1;
      \\set VERBOSITY default
      select 1 as one\\; select 2 as two\\; select 'three' as three;
      do $$ begin raise notice 'a notice'; raise warning 'and a warning'; end $$;
      listen news;
      notify news, 'something';
      select 1;
      begin; savepoint s; select 1 / 0; rollback to s; select 'still there'; commit;
      select 1 / 0;
      prepare by_name (text) as select id from person where name = $1;
      execute by_name ('Ada');
      deallocate by_name;
      set application_name = 'another name';
      show application_name;
      ;
      select repeat('x', 100000) as long, generate_series(1, 3);
    `
    const { code, stdout, stderr } = await ways.expectSame(async (way) => psql(context, way, script))
    expect(code).toBe(0)
    expect(stdout).toContain('Asynchronous notification "news"')
    expect(stderr).toContain('23505')
  })

  test('describes, fetches in portions and works with its own commands the same', async (context) => {
    const script = `
      create table fact as select g as id, g % 3 as kind, 'fact ' || g as label from generate_series(1, 50) g;
      select id, label, now() from fact where id = 1 \\gdesc
      select count(*) as facts from fact \\gset
      \\echo :facts
      \\set FETCH_COUNT 7
      select * from fact;
      \\unset FETCH_COUNT
      select format('select %s as n', id) from fact where id < 3 \\gexec
      select kind, id % 2 as odd, count(*) from fact group by 1, 2 order by 1, 2 \\crosstabview
      select id, label from fact where id < 3 \\gx
      \\d fact
      \\dt
      begin;
      declare c cursor for select id from fact order by id;
      fetch 3 from c; move 10 in c; fetch 2 from c; close c;
      commit;
    `
    const { code, stdout } = await ways.expectSame(async (way) => psql(context, way, script))
    expect(code).toBe(0)
    expect(stdout).toContain('timestamp with time zone')
  })

  test('copies both ways', async (context) => {
    const { stdout } = await ways.expectSame(async (way) => {
      const file = join(folder, `${way.name}.csv`)
      const script = `
        create table copied (id int, label text);
        \\copy copied from stdin
1	one
2	two \\t with a tab
\\.
        insert into copied select g, repeat('text ', 50) from generate_series(3, 5000) g;
        \\copy copied to '${file}' with (format csv, header)
        truncate copied;
        \\copy copied from '${file}' with (format csv, header)
        select count(*), sum(length(label)) from copied;
        \\copy (select * from copied where id < 4) to stdout
        \\copy copied from stdin
no number	bad
\\.
        copy copied to stdout (format binary, encoding 'nonsense');
        select count(*) from copied;
      `
      const outcome = await psql(context, way, script)
      const plain = (text: string): string => text.replaceAll(file, 'FILE')
      return {
        ...outcome,
        stdout: plain(outcome.stdout),
        stderr: plain(outcome.stderr),
        file: await readFile(file, 'utf8'),
      }
    })
    expect(stdout).toContain('5000')
  })

  test('stops at errors, and takes a single transaction back as a whole', async (context) => {
    const script =
      'create table t (id int);\ninsert into t values (1);\nselect 1 / 0;\ninsert into t values (2);\n'
    const stop = ['--set=ON_ERROR_STOP=1']
    const single = [...stop, '--single-transaction']
    expect((await ways.expectSame(async (way) => psql(context, way, script, stop))).code).toBe(3)
    const { code, rows } = await ways.expectSame(async (way) => {
      const first = await psql(context, way, script, single)
      const { stdout: rows } = await psql(context, way, "select to_regclass('t') is null as is_gone;\n")
      return { ...first, rows }
    })
    expect(code).toBe(3)
    expect(rows).toMatch(/ t$/m)
  })

  test('cancels a statement by Ctrl-C', async (context) => {
    const program = need(context, 'psql')
    const { stderr, code } = await ways.expectSame(async (way) =>
      runInterrupted(
        program,
        ['--no-psqlrc', '--command=select pg_sleep(600)'],
        environmentOf(way),
        async () => ways.untilExecuting(way, 'pg_sleep(600)'),
      ),
    )
    expect(stderr).toContain('canceling statement due to user request')
    expect(code).toBe(1)
  })
})

/** A database with much of what a dump has to write down. */
const richDatabase = `
  create type mood as enum ('calm', 'loud');
  create domain short_text as text check (length(value) < 100);
  create sequence odd increment 2;
  create table parent (id int primary key default nextval('odd'), name short_text, mood mood, at timestamptz);
  create table child (id bigserial primary key, parent int references parent, bytes bytea, list int[], data jsonb);
  create table parted (day date, n int) partition by range (day);
  create table parted_2026 partition of parted for values from ('2026-01-01') to ('2027-01-01');
  insert into parent (name, mood, at) select 'parent ' || g, 'loud', '2026-01-01'::timestamptz + g * interval '1 hour' from generate_series(1, 2000) g;
  insert into child (parent, bytes, list, data)
    select id, decode(md5(id::text), 'hex'), array[id, null, -id], jsonb_build_object('ünï', id, 'tab', E'\\t') from parent;
  insert into parted select '2026-01-01'::date + g % 300, g from generate_series(1, 3000) g;
  create view loud as select * from parent where mood = 'loud';
  create materialized view counted as select count(*) from child;
  create index on child using gin (data);
  create function twice(n int) returns int language sql as 'select n * 2';
  create function noted() returns trigger language plpgsql as $$ begin new.name := new.name || ';'; return new; end $$;
  create trigger noting before update on parent for each row execute function noted();
  comment on table parent is 'It''s a parent';
  select lo_from_bytea(4711, decode(repeat('cafe', 20000), 'hex'));
`

describe('a database', () => {
  /** Runs a program; fails with what it said if it does. */
  async function succeed(program: string, args: string[], way: Way, input = ''): Promise<string> {
    const { code, stdout, stderr } = await run(program, args, { env: environmentOf(way), input, cwd: folder })
    expect([code, stderr]).toEqual([0, ''])
    return stdout
  }
  /** Newer versions protect a dump by a word that is another one each time. */
  function plain(dump: string): string {
    return dump.replaceAll(/^\\(un)?restrict .*$/gm, '')
  }
  function restored(psqlPath: string, dump: string, way: Way): Promise<string> {
    return succeed(
      psqlPath,
      ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--output=/dev/null'],
      way,
      dump,
    )
  }

  test('that is dumped and restored is the same', async (context) => {
    const [dump, psqlPath] = [need(context, 'pg_dump'), need(context, 'psql')]
    const origin = await ways.newWay('direct')
    await restored(psqlPath, richDatabase, origin)
    const expected = plain(await succeed(dump, [], origin))
    expect(expected.length).toBeGreaterThan(100_000)
    await ways.expectSame(async (way) => {
      const text = await succeed(dump, [], { ...way, database: origin.database })
      await restored(psqlPath, text, way)
      expect(plain(await succeed(dump, [], way))).toBe(expected)
      expect(plain(await succeed(dump, ['--inserts'], way)).length).toBeGreaterThan(100_000)
      return plain(text)
    })
  })

  test('that is dumped and restored by several workers is the same', async (context) => {
    const [dump, restore] = [need(context, 'pg_dump'), need(context, 'pg_restore')]
    const origin = await ways.newWay('direct')
    await restored(need(context, 'psql'), richDatabase, origin)
    const expected = plain(await succeed(dump, [], origin))
    await ways.expectSame(async (way) => {
      const archive = join(folder, `archive-${way.name}`)
      const source = { ...way, database: origin.database }
      await succeed(dump, ['--format=directory', '--jobs=2', `--file=${archive}`], source)
      await succeed(restore, ['--jobs=2', `--dbname=${way.database}`, archive], way)
      expect(plain(await succeed(dump, [], way))).toBe(expected)
    })
  })
})
