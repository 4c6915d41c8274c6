import type { InsightFormat, InsightList } from '@aleph-audit-log/domain/api/insights'
import { Button, Menu } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { fetchUsage, usageAddress } from '../api/insights.ts'
import { startFileDownload } from '../events/download.ts'
import footer from '../events/results-footer.module.css'
import { ChevronDownIcon, DownloadIcon } from '../ui/icons.tsx'
import { OnDemandMenu } from '../ui/on-demand-menu.tsx'
import { showDone, showProblem } from '../ui/show-problem.ts'
import { useInsights } from './insights-context.ts'
import type { UsageWish } from './use-usage.ts'

type UsageDownloadProps = { list: InsightList; wish: UsageWish; status: ReactNode; disabled: boolean }

const formatNames: Record<InsightFormat, string> = { xlsx: 'Excel', csv: 'CSV' }

/** The bar below a list: how long it is, and all of it as a file. */
export function UsageDownload({ list, wish, status, disabled }: UsageDownloadProps): ReactNode {
  const { questionOf } = useInsights()
  const [starting, setStarting] = useState<InsightFormat>()

  async function download(format: InsightFormat): Promise<void> {
    const question = { ...wish, ...questionOf(wish.q) }
    setStarting(format)
    try {
      // What a file dialog could not explain is found out before.
      await fetchUsage(list, { ...question, limit: 1 })
      startFileDownload(usageAddress(list, question, format))
      showDone(`Download as ${formatNames[format]} has started: your browser shows its progress.`)
    } catch (error) {
      showProblem(error)
    } finally {
      setStarting(undefined)
    }
  }

  const off = disabled || starting !== undefined
  return (
    <section className={footer.footer} aria-label="Results">
      <span className={footer.count} role="status">
        {status}
      </span>
      <Button.Group>
        <Button
          leftSection={<DownloadIcon />}
          loading={starting === 'xlsx'}
          disabled={off}
          onClick={() => void download('xlsx')}
        >
          Download as Excel
        </Button>
        <OnDemandMenu
          position="top-end"
          target={
            <Button className={footer.menu ?? ''} aria-label="More formats" disabled={off}>
              <ChevronDownIcon />
            </Button>
          }
        >
          <Menu.Item onClick={() => void download('csv')}>Download as CSV</Menu.Item>
        </OnDemandMenu>
      </Button.Group>
    </section>
  )
}
