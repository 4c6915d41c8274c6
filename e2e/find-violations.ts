import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What axe finds wrong with a page as it stands, by the rules of WCAG 2.2 AA; what is being faded in or moved is waited
 * for, because half faded text has no contrast.
 */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
    await Promise.allSettled(ending.map(async ({ finished }) => finished))
  })
  // What it evaluates to is not asked for: it is large. A page that goes on without loading anew has it already.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(`${source};undefined`)
  return page.evaluate(async () => {
    // axe has just been put into the page.
    const { axe: checker } = globalThis as unknown as { axe: typeof axe }
    const { violations } = await checker.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      // Of what is right nothing is asked.
      resultTypes: ['violations'],
    })
    return violations.map(
      (violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`,
    )
  })
}
