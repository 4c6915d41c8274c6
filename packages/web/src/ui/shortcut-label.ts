/** A shortcut with the platform's main modifier, as its keyboard says it: `Ctrl K` or `⌘ K`. */
export function shortcutLabel(key: string): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? `⌘ ${key}` : `Ctrl ${key}`
}
