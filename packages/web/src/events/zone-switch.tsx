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
        { value: 'local', label: <LocalTime /> },
      ]}
    />
  )
}

/** Which zone that is is asked of the browser when somebody looks: the first time takes long. */
function LocalTime(): ReactNode {
  return (
    <span onPointerEnter={({ currentTarget }) => (currentTarget.title = zoneName('local'))}>Local time</span>
  )
}
