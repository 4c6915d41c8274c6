import type { ReactNode } from 'react'
import classes from './icons.module.css'

type IconProps = { size?: number }

/** A drawing on a grid of 24 in the colour of the text around it; decoration, so hidden from screen readers. */
function icon(...lines: string[]) {
  return function Icon({ size = 16 }: IconProps): ReactNode {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
        className={classes.icon}
      >
        {lines.map((line) => (
          <path key={line} d={line} />
        ))}
      </svg>
    )
  }
}

export const LogIcon = icon('M8 6h12', 'M8 12h12', 'M8 18h12', 'M4 6h.01', 'M4 12h.01', 'M4 18h.01')
export const BookmarkIcon = icon('M7 4h10v16.5l-5-4-5 4z')
export const ChartIcon = icon('M4 20h16', 'M7 16v-5', 'M12 16V5', 'M17 16v-8')
export const PlugIcon = icon('M9 3v5', 'M15 3v5', 'M6 8h12v3a6 6 0 0 1-12 0z', 'M12 17v4')
export const PeopleIcon = icon(
  'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  'M2.5 20c0-3.2 2.9-5.4 6.5-5.4s6.5 2.2 6.5 5.4',
  'M16 4.2a3.5 3.5 0 0 1 0 6.6',
  'M18 14.9c2.2.7 3.5 2.5 3.5 5.1',
)
export const KeyIcon = icon('M8 19a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9z', 'm11.3 11.3 8.2-8.2', 'm16 6.5 3 3')
export const SlidersIcon = icon(
  'M4 7h9',
  'M17 7h3',
  'M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  'M4 17h3',
  'M11 17h9',
  'M9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
)
export const SearchIcon = icon('M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z', 'm20 20-4-4')
export const SunIcon = icon(
  'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z',
  'M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
)
export const MoonIcon = icon('M20 14.5A8.3 8.3 0 0 1 9.5 4a8.3 8.3 0 1 0 10.5 10.5z')
export const ScreenIcon = icon('M3 5h18v11H3z', 'M9 20h6', 'M12 16v4')
export const ChevronDownIcon = icon('m6 9 6 6 6-6')
export const ChevronUpIcon = icon('m6 15 6-6 6 6')
export const CloseIcon = icon('m6 6 12 12', 'M18 6 6 18')
export const CopyIcon = icon('M9 9h11v11H9z', 'M5 15H4V4h11v1')
export const CheckIcon = icon('m5 12.5 4.5 4.5L19 7.5')
export const RefreshIcon = icon('M20 12a8 8 0 1 1-2.4-5.7L20 8.5', 'M20 4v4.5h-4.5')
export const ClockIcon = icon('M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'M12 7v5l3 2')
export const CalendarIcon = icon('M4 6h16v14H4z', 'M4 10h16', 'M8 3v4', 'M16 3v4')
export const DownloadIcon = icon('M12 4v11', 'm7 11 5 5 5-5', 'M5 20h14')
export const FailedIcon = icon('M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'm9 9 6 6', 'm15 9-6 6')
export const DeniedIcon = icon('M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'm5.8 5.8 12.4 12.4')
export const DoneIcon = icon('M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'm8.5 12 2.5 2.5 4.5-5')
export const AlertIcon = icon('M12 4 2.5 20h19z', 'M12 10v4', 'M12 17h.01')
export const PersonIcon = icon(
  'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8z',
  'M4.5 20.5c0-3.6 3.3-6 7.5-6s7.5 2.4 7.5 6',
)
export const SignOutIcon = icon('M14 4H5v16h9', 'M10 12h11', 'm17.5 8.5 3.5 3.5-3.5 3.5')
export const FoldIcon = icon('M4 5h16v14H4z', 'M9.5 5v14', 'm16 9.5-2.5 2.5 2.5 2.5')
export const UnfoldIcon = icon('M4 5h16v14H4z', 'M9.5 5v14', 'm13.5 9.5 2.5 2.5-2.5 2.5')
export const MenuIcon = icon('M4 7h16', 'M4 12h16', 'M4 17h16')
export const PlusIcon = icon('M12 5v14', 'M5 12h14')
export const TrashIcon = icon('M4 7h16', 'M9 7V4h6v3', 'm6.5 7 .8 13h9.4l.8-13', 'M10 11v5.5', 'M14 11v5.5')
export const PencilIcon = icon('m4 20 .8-4L16 4.8l3.2 3.2L8 19.2z', 'm13.5 7.3 3.2 3.2')
export const DatabaseIcon = icon(
  'M12 10c4.4 0 8-1.5 8-3.3S16.4 3.5 12 3.5 4 5 4 6.7 7.6 10 12 10z',
  'M4 6.7v10.6c0 1.8 3.6 3.2 8 3.2s8-1.4 8-3.2V6.7',
  'M4 12c0 1.8 3.6 3.2 8 3.2s8-1.4 8-3.2',
)
export const FunnelIcon = icon('M4 5h16l-6 7.5V19l-4-2.2v-4.3z')
export const PlusCircleIcon = icon('M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'M12 8.5v7', 'M8.5 12h7')
export const MinusCircleIcon = icon('M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'M8.5 12h7')
export const ColumnsIcon = icon('M4 5h16v14H4z', 'M9.3 5v14', 'M14.7 5v14')
export const KeyboardIcon = icon(
  'M3 6.5h18v11H3z',
  'M7 10.2h.01M10.3 10.2h.01M13.6 10.2h.01M17 10.2h.01M8 14h8',
)
export const ShieldIcon = icon(
  'M12 3.5 5 6v5.5c0 4.3 2.9 7.6 7 9 4.1-1.4 7-4.7 7-9V6z',
  'm9 12 2.2 2.2 4-4.4',
)
export const HomeIcon = icon('M4 13h7V4H4z', 'M13 20h7v-9h-7z', 'M13 4v4h7V4z', 'M4 16v4h7v-4z')

export const RulesIcon = icon(
  'M9 6h11',
  'M9 12h11',
  'M9 18h11',
  'm3.5 6 1.2 1.2L7 5',
  'm3.5 12 1.2 1.2L7 11',
  'm3.5 18 1.2 1.2L7 17',
)
export const BellIcon = icon(
  'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15z',
  'M10 20.5a2.2 2.2 0 0 0 4 0',
  'M12 5V3.5',
)
export const SendIcon = icon('M21 3 3 10.5l7 3 3 7z', 'm10 13.5 4-4')
