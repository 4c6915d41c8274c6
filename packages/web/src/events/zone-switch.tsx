import { SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import { zoneName, type Zone } from './zone.ts'

/** In which zone the page shows times. */
export function ZoneSwitch({ zone, onZone }: { zone: Zone; onZone: (zone: Zone) => void }): ReactNode {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Time zone"
      value={zone}
      onChange={(value) => onZone(value === 'local' ? 'local' : 'utc')}
      data={[
        { value: 'utc', label: 'UTC' },
        { value: 'local', label: <span title={zoneName('local')}>Local time</span> },
      ]}
    />
  )
}
