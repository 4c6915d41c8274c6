import { defineConfig } from 'vitest/config'

// `source` makes the workspaces import each other's TypeScript, so tests need no build.
const conditions = ['source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: ['./tools/patient-waits.ts'],
    env: { UV_THREADPOOL_SIZE: '16' },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['packages/*/src/**/*.test.{ts,tsx}', '{bench,tools}/**/*.test.ts'] },
      },
      {
        extends: true,
        // What a page shows next may take its time on a machine that is busy.
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          // Servers and browsers start beside each other on few cores.
          testTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
})
