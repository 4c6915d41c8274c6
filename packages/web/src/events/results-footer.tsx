import { Button, Menu } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import type { EventQuestion, ExportFormat } from '../api/events.ts'
import { Hint } from '../ui/hint.tsx'
import { ChevronDownIcon, DownloadIcon } from '../ui/icons.tsx'
import { OnDemandMenu } from '../ui/on-demand-menu.tsx'
import { showDone, showProblem } from '../ui/show-problem.ts'
import { startDownload } from './download.ts'
import { formatCount } from './format-time.ts'
import classes from './results-footer.module.css'
import { useColumns } from './use-columns.ts'

type ResultsFooterProps = {
  loaded: number
  total: number | undefined
  hasMore: boolean
  loading: boolean
  /** What is on screen; absent while the search text is invalid. */
  question: EventQuestion | undefined
  /** What machines send by themselves: how much of it is left out, or whether it is on screen. */
  hiddenCount: number | undefined
  noiseIsShown: boolean
  onShowNoise: (isShown: boolean) => void
}

const formatNames: Record<ExportFormat, string> = { xlsx: 'Excel', csv: 'CSV', jsonl: 'JSON Lines' }

/** The bar below the results: how many there are, and all of them as a file. */
export function ResultsFooter(props: ResultsFooterProps): ReactNode {
  const { loaded, total, hasMore, loading, question } = props
  const [starting, setStarting] = useState<ExportFormat>()

  const { state } = useColumns()

  /** In the columns on screen, or in all that the server has. JSON Lines always hold everything. */
  async function download(format: ExportFormat, columns: readonly string[] = []): Promise<void> {
    if (question === undefined) return
    setStarting(format)
    try {
      await startDownload(question, format, columns)
      showDone(`Download as ${formatNames[format]} has started: your browser shows its progress.`)
    } catch (error) {
      showProblem(error)
    } finally {
      setStarting(undefined)
    }
  }

  const disabled = question === undefined || starting !== undefined
  return (
    <section className={classes.footer} aria-label="Results">
      <span className={classes.count} role="status">
        {question === undefined
          ? 'Nothing searched'
          : loading
            ? 'Loading…'
            : sayCount(loaded, total, hasMore)}
      </span>
      <NoiseNote {...props} />
      <Button.Group>
        <Button
          leftSection={<DownloadIcon />}
          onClick={() => void download('xlsx', state.visible)}
          loading={starting === 'xlsx'}
          disabled={disabled}
        >
          Download as Excel
        </Button>
        <OnDemandMenu
          position="top-end"
          target={
            <Button className={classes.menu ?? ''} aria-label="More formats" disabled={disabled}>
              <ChevronDownIcon />
            </Button>
          }
        >
          <Menu.Item onClick={() => void download('csv', state.visible)}>Download as CSV</Menu.Item>
          <Menu.Divider />
          <Menu.Label>Everything about each event</Menu.Label>
          <Menu.Item onClick={() => void download('xlsx')}>Excel with all columns</Menu.Item>
          <Menu.Item onClick={() => void download('csv')}>CSV with all columns</Menu.Item>
          <Menu.Item onClick={() => void download('jsonl')}>Download as JSON Lines</Menu.Item>
        </OnDemandMenu>
      </Button.Group>
    </section>
  )
}

const noiseMeaning =
  'SET, SHOW, BEGIN, look-ups in the catalogue and the like, which programs send by themselves. Search is:noise to see only these.'

function NoiseNote({ hiddenCount = 0, noiseIsShown, onShowNoise }: ResultsFooterProps): ReactNode {
  if (!noiseIsShown && hiddenCount === 0) return null
  return (
    <span className={classes.noise}>
      <Hint label={noiseMeaning} multiline w={300}>
        <span tabIndex={0}>
          {noiseIsShown
            ? 'Routine statements of programs are shown'
            : `${formatCount(hiddenCount)} routine ${hiddenCount === 1 ? 'statement' : 'statements'} of programs hidden`}
        </span>
      </Hint>
      <Button variant="subtle" size="compact-xs" onClick={() => onShowNoise(!noiseIsShown)}>
        {noiseIsShown ? 'Hide' : 'Show'}
      </Button>
    </span>
  )
}

function sayCount(loaded: number, total: number | undefined, hasMore: boolean): ReactNode {
  if (!hasMore) {
    return (
      <>
        <b>{formatCount(loaded)}</b> {loaded === 1 ? 'event' : 'events'}
      </>
    )
  }
  if (total === undefined) {
    return (
      <>
        <b>{formatCount(loaded)}</b> events loaded
      </>
    )
  }
  return (
    <>
      <b>{formatCount(Math.max(total, loaded))}</b> events
      <span className={classes.loaded}> · {formatCount(loaded)} loaded</span>
    </>
  )
}
