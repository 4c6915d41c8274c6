import {
  ActionIcon,
  Button,
  createTheme,
  Input,
  Menu,
  Modal,
  Notification,
  PasswordInput,
  Select,
  Table,
  TextInput,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core'
import classes from './theme.module.css'

const aleph: MantineColorsTuple = [
  '#eef1ff',
  '#dee4ff',
  '#bcc7fd',
  '#97a7f7',
  '#7689ef',
  '#5d71e6',
  '#4558d8',
  '#3949bd',
  '#303f9f',
  '#263282',
]

const gray: MantineColorsTuple = [
  '#f7f8fa',
  '#f0f2f5',
  '#e5e8ed',
  '#d6dae1',
  '#bfc5cf',
  '#8f98a6',
  '#5f6978',
  '#454e5c',
  '#2c333e',
  '#1a1f27',
]

const dark: MantineColorsTuple = [
  '#dfe3e9',
  '#bcc3cd',
  '#98a1ae',
  '#707a89',
  '#343b46',
  '#292f38',
  '#1f242b',
  '#15181d',
  '#101317',
  '#0b0d10',
]

const red: MantineColorsTuple = [
  '#fdecec',
  '#f9d9da',
  '#f2b3b5',
  '#ea8a8d',
  '#e1666a',
  '#d94d52',
  '#c8323a',
  '#b0272f',
  '#951f27',
  '#7a1820',
]

/** One place for the look of every component: dense controls, small radii, calm colours. */
export const theme = createTheme({
  primaryColor: 'aleph',
  primaryShade: { light: 6, dark: 6 },
  colors: { aleph, gray, dark, red },
  black: '#1a1f27',
  white: '#ffffff',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace:
    "'JetBrains Mono Variable', ui-monospace, SFMono-Regular, Menlo, Consolas, 'Noto Sans Mono', monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.5' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px', lineHeight: '1.3' }, h2: { fontSize: '15px' } },
  },
  defaultRadius: '6px',
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: 'subtle', color: 'gray', size: 32 },
      classNames: { root: classes['action'] ?? '' },
    }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm' } }),
    PasswordInput: PasswordInput.extend({ defaultProps: { size: 'sm' } }),
    Select: Select.extend({ defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } }),
    Menu: Menu.extend({
      defaultProps: {
        withInitialFocusPlaceholder: false,
        shadow: 'md',
        position: 'bottom-end',
        transitionProps: { duration: 80 },
      },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    InputWrapper: Input.Wrapper.extend({
      classNames: {
        label: classes['label'] ?? '',
        description: classes['description'] ?? '',
        error: classes['error'] ?? '',
      },
    }),
    Modal: Modal.extend({
      classNames: { title: classes['modalTitle'] ?? '' },
      defaultProps: {
        closeButtonProps: { 'aria-label': 'Close' },
        centered: true,
        // A dialog is gone at once: what it showed is reset, and nobody is to see that.
        transitionProps: { duration: 120, exitDuration: 0 },
        overlayProps: { backgroundOpacity: 0.4 },
      },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'xs', horizontalSpacing: 'md' } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 300, withArrow: false, transitionProps: { duration: 80 } },
    }),
  },
})

/** Colours that the theme's tables do not reach; the `--audit-*` ones are ours. All text on them meets WCAG AA. */
export const resolveCssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5f6978',
    '--mantine-color-placeholder': '#6b7483',
    '--mantine-color-default-border': '#dfe3e9',
    '--mantine-color-error': '#c4272d',
    '--audit-nav': '#f7f8fa',
    '--audit-raised': '#ffffff',
    '--audit-line': '#e5e8ed',
    '--audit-row-hover': '#f5f7fb',
    '--audit-row-open': '#eef1ff',
    '--audit-bar': '#8c9df0',
    '--audit-bar-failed': '#d6383e',
    '--audit-heat': '#3949bd',
    '--audit-failed': '#b4232a',
    '--audit-failed-back': '#fdecec',
    '--audit-denied': '#8f4a00',
    '--audit-denied-back': '#fdf1e0',
    '--audit-good': '#1b7a43',
    '--audit-code-back': '#f7f8fa',
    '--audit-sql-keyword': '#4338ca',
    '--audit-sql-string': '#1b7a43',
    '--audit-sql-number': '#9a4a00',
    '--audit-sql-comment': '#5f6978',
  },
  dark: {
    '--mantine-color-dimmed': '#98a1ae',
    '--mantine-color-placeholder': '#8993a1',
    '--mantine-color-default-border': '#343b46',
    '--mantine-color-error': '#ff7b7f',
    '--mantine-color-anchor': '#97a7f7',
    '--audit-nav': '#101317',
    '--audit-raised': '#1b1f25',
    '--audit-line': '#282d36',
    '--audit-row-hover': '#1b1f26',
    '--audit-row-open': '#232a45',
    '--audit-bar': '#5566cf',
    '--audit-bar-failed': '#f0666b',
    '--audit-heat': '#8f9ff5',
    '--audit-failed': '#ff9a9d',
    '--audit-failed-back': '#3a1d20',
    '--audit-denied': '#f5b265',
    '--audit-denied-back': '#37280f',
    '--audit-good': '#63c98d',
    '--audit-code-back': '#101317',
    '--audit-sql-keyword': '#a5b0ff',
    '--audit-sql-string': '#7fd1a0',
    '--audit-sql-number': '#f0b27a',
    '--audit-sql-comment': '#8a94a3',
  },
})
