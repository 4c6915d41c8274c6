import { writeFileSync } from 'node:fs'

/**
 * @import { Reporter, TestModule } from 'vitest/node'
 */

/**
 * A vitest reporter that writes names and numbers of what passed, failed and was skipped, and why, to the file named
 * by TEST_OUTCOME_FILE. A test file that does not load, a failing hook and an error outside any test count as failed.
 * @implements {Reporter}
 */
class CountTestsReporter {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly { message: string }[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const outcome = {
      passed: 0,
      failed: unhandledErrors.map((error) => `outside any test: ${error.message}`),
      skipped: [],
    }
    for (const module of modules) countModule(module, outcome)
    const path = process.env['TEST_OUTCOME_FILE']
    if (path !== undefined) writeFileSync(path, JSON.stringify(outcome))
  }
}

/**
 * @param {TestModule} module
 * @param {{ passed: number, failed: string[], skipped: { name: string, reason: string }[] }} outcome
 */
function countModule(module, outcome) {
  const file = module.relativeModuleId
  if (module.errors().length > 0) outcome.failed.push(`${file} could not be run`)
  for (const suite of module.children.allSuites()) {
    if (suite.errors().length > 0) outcome.failed.push(`${file}: ${suite.fullName} (a hook failed)`)
  }
  for (const test of module.children.allTests()) {
    const result = test.result()
    const name = `${file}: ${test.fullName}`
    if (result.state === 'passed') outcome.passed += 1
    else if (result.state === 'failed') outcome.failed.push(name)
    else outcome.skipped.push({ name, reason: reasonOf(result) })
  }
}

/** @param {{ state: string, note?: string | undefined }} result */
function reasonOf(result) {
  return result.note ?? (result.state === 'skipped' ? 'its name says why' : 'it was not reached')
}

// oxlint-disable-next-line import/no-default-export -- vitest loads a reporter from its default export
export default CountTestsReporter
