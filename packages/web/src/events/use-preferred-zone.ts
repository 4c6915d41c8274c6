import { useLocalStorage } from '@mantine/hooks'
import type { Zone } from './zone.ts'

/** The zone of the address bar, else the one that this reader chose last, else UTC; and how to remember a choice. */
export function usePreferredZone(fromAddress: Zone | undefined): [Zone, (zone: Zone) => void] {
  const [remembered, remember] = useLocalStorage<Zone>({
    key: 'audit-zone',
    defaultValue: 'utc',
    getInitialValueInEffect: false,
  })
  return [fromAddress ?? (remembered === 'local' ? 'local' : 'utc'), remember]
}
