import { join } from 'node:path'
import { defineConfig } from 'rolldown'

const source = join(import.meta.dirname, 'src')

/** What runs by itself, as a process or a thread, and the parts of the gateway that the benchmark runs without a server. */
const programs = [
  'main',
  'cli/main',
  'detect/evaluator-worker',
  'capture/postgres-gateway/start-gateway',
  'capture/postgres-gateway/outbox-recorder',
]

/**
 * The server with its libraries in few files: reading twelve hundred took most of a start. Node is to run it as it is, so
 * nothing is made smaller, and what stands in a stack is what stands in the sources.
 */
export default defineConfig({
  input: Object.fromEntries(programs.map((name) => [name, join(source, `${name}.ts`)])),
  platform: 'node',
  logLevel: 'warn',
  // Native code and WebAssembly stay where they were installed, with the files beside them; and so does what is loaded when it is
  // first needed, because a server may run on while another build takes the place of this one.
  external: [/^chdb$/, /^libsql$/, /^@cedar-policy\//, /^@zxcvbn-ts\/language-common$/, /^bun:/, 'pg-native'],
  resolve: { conditionNames: ['source', 'node', 'default'] },
  output: {
    dir: join(import.meta.dirname, 'dist'),
    cleanDir: true,
    sourcemap: true,
    chunkFileNames: 'parts/[name]-[hash].js',
  },
})
