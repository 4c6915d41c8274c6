import { apiKeyScopes } from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import { Command, CommanderError, Option } from 'commander'
import * as z from 'zod'
import { readClientConfig, readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { checkLog, type CheckOptions } from './check-log.ts'
import { connect, type Connection } from './connect.ts'
import { exportEvents } from './export-events.ts'
import { addHistoryImports } from './import-history/import-commands.ts'
import { importPostgresLogFile } from './import-postgres-log-file.ts'
import { createKey, listKeys, revokeKey } from './manage-keys.ts'
import { importPeople, listPeople } from './manage-people.ts'
import { runGateway } from './run-gateway.ts'
import { rereadEvents, type RereadOptions } from './reread-events.ts'

const log = createLog()

/** Runs a command with a connection that is closed afterwards, also when it fails. */
async function withConnection(work: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await connect(readClientConfig(), readConfig(), log)
  try {
    await work(connection)
  } finally {
    await connection.close()
  }
}

function createProgram(): Command {
  const program = new Command('audit-log')
    .description(
      'Works with the audit log at AUDIT_URL (with AUDIT_API_KEY), else with the server that is using ' +
        'AUDIT_DATA_DIR, else with that directory itself.',
    )
    .exitOverride()
    .showHelpAfterError('(audit-log --help lists everything)')
  addExport(program)
  addImport(program)
  addKeys(program)
  addUsers(program)
  addPeople(program)
  addFsck(program)
  addReread(program)
  addGateway(program)
  return program
}

function addExport(program: Command): void {
  program
    .command('export')
    .description('write what a search finds to a file')
    .addOption(
      new Option('--format <format>', 'format of the file')
        .choices(['xlsx', 'csv', 'jsonl'])
        .makeOptionMandatory(),
    )
    .requiredOption('--output <file>', 'file to write, - for the standard output')
    .option('--query <q>', 'search, such as "type:query outcome:failure"')
    .option('--from <time>', 'inclusive; RFC 3339 or a day (UTC); by default 30 days ago')
    .option('--to <time>', 'exclusive; RFC 3339 or a day (UTC)')
    .option('--columns <ids>', 'comma-separated columns')
    .option('--csv-safe', "put ' before texts that a spreadsheet may take for formulas")
    .action(async (options: { format: string; output: string; query?: string }) => {
      const { query, ...others } = options
      await withConnection(async (connection) =>
        exportEvents(connection, { ...others, ...(query === undefined ? {} : { q: query }) }),
      )
    })
}

function addImport(program: Command): void {
  const importing = program
    .command('import')
    .description('bring in history or follow a source from this machine')
  addHistoryImports(importing, withConnection)
  importing
    .command('postgres-log')
    .description("PostgreSQL's own log in jsonlog format")
    .argument('<path>', 'data directory, log folder or one jsonlog file')
    .option('--follow', 'go on with what comes, until interrupted')
    .option('--logins <file>', 'JSON list of {"login", "name", "email"}: who is behind a login')
    .addOption(
      new Option('--bind-parameters <what>', 'what is kept of bind parameters')
        .choices(['types', 'full'])
        .default('types'),
    )
    .action(
      async (
        path: string,
        options: { follow?: boolean; logins?: string; bindParameters: 'types' | 'full' },
      ) => {
        const { dataDir } = readConfig()
        await withConnection(async (connection) =>
          importPostgresLogFile(connection, { path, dataDir, log, ...options }),
        )
      },
    )
}

function addKeys(program: Command): void {
  const keys = program.command('keys').description('API keys')
  keys
    .command('list')
    .description('list all keys')
    .action(async () =>
      withConnection(async (connection) => console.log((await listKeys(connection)).join('\n'))),
    )
  keys
    .command('create')
    .description('create a key and print it, once')
    .argument('<name>', 'what it is for')
    .addOption(
      new Option('--scope <scope...>', 'what it may do').choices([...apiKeyScopes]).default(['events:write']),
    )
    .action(async (name: string, options: { scope: string[] }) =>
      withConnection(async (connection) => console.log(await createKey(connection, name, options.scope))),
    )
  keys
    .command('revoke')
    .description('make a key invalid')
    .argument('<id>', 'its id, from the list')
    .action(async (id: string) => withConnection(async (connection) => revokeKey(connection, id)))
}

const resetAnswerSchema = z.object({ link: z.string() })

function addUsers(program: Command): void {
  const users = program.command('users').description('people who can sign in')
  users
    .command('reset')
    .description('print a link with which somebody who lost the password can choose a new one')
    .argument('<email>', 'e-mail of the user')
    .action(async (email: string) =>
      withConnection(async (connection) => {
        const answer = await connection.call('POST', '/local/password-resets', { email })
        console.log(resetAnswerSchema.parse(answer).link)
      }),
    )
}

function addPeople(program: Command): void {
  const people = program.command('people').description('the directory of people behind logins')
  people
    .command('list')
    .description('list all people with their logins and ids in tools')
    .action(async () =>
      withConnection(async (connection) => console.log((await listPeople(connection)).join('\n'))),
    )
  people
    .command('import')
    .description('add and change people from a CSV file, found by e-mail; all or none')
    .argument('<file>', 'CSV with the columns name, email, logins, tool_ids, groups, left_on, note')
    .option('--dry-run', 'only tell what would happen')
    .action(async (file: string, options: { dryRun?: boolean }) =>
      withConnection(async (connection) => console.log(await importPeople(connection, file, options))),
    )
}

function addFsck(program: Command): void {
  program
    .command('fsck')
    .description('check that everything acknowledged is stored once and unchanged; exit code 1 if not')
    .option('--repair', 'apply missing events again from the journal, and remove what stands twice')
    .option('--drop-damaged-parts', 'delete the parts that the engine has put aside as damaged')
    .action(async (options: CheckOptions) =>
      withConnection(async (connection) => {
        const { isSound, report } = await checkLog(connection, options)
        console.log(report.join('\n'))
        if (!isSound) process.exitCode = 1
      }),
    )
}

function addReread(program: Command): void {
  program
    .command('reread')
    .description(
      'read the SQL of stored events anew, as this version understands it; the server goes on meanwhile',
    )
    .option('--status', 'only tell how far it has come')
    .option('--stop', 'stop it; the weeks that are done stay done')
    .action(async (options: RereadOptions) =>
      withConnection(async (connection) => {
        const isDone = await rereadEvents(connection, options, (line) => console.log(line))
        if (!isDone) process.exitCode = 1
      }),
    )
}

function addGateway(program: Command): void {
  program
    .command('gateway')
    .description(
      'run a PostgreSQL gateway in this process, for the audit log at AUDIT_URL, until interrupted',
    )
    .requiredOption(
      '--config <file>',
      'JSON: {"stateDir", "bindParameters", "gateway": {"listenPort", "serverHost", ...}}',
    )
    .action(async ({ config }: { config: string }) =>
      withConnection(async (connection) => runGateway(connection, config, log)),
    )
}

try {
  await createProgram().parseAsync()
} catch (error) {
  process.exitCode = 1
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else if (error instanceof AuditError) {
    const problems = error.problems.map(({ path, message }) => `\n  ${path}: ${message}`).join('')
    console.error(`${error.message}${problems}`)
  } else console.error(error)
}
