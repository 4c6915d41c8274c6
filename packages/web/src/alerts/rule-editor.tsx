import { yaml } from '@codemirror/lang-yaml'
import { useMemo, type ReactNode } from 'react'
import type { RuleProblem } from '@aleph-audit-log/domain/detect/sigma/faults'
import { CodeEditor } from '../ui/code-editor.tsx'

type RuleEditorProps = {
  /** What it begins with; later texts are its own. */
  text: string
  readOnly: boolean
  problems: readonly RuleProblem[]
  onChange: (text: string) => void
  onSave: () => void
}

const language = yaml()

/** Sigma, with each fault marked at its place while one writes. */
export function RuleEditor({ problems, ...of }: RuleEditorProps): ReactNode {
  const faults = useMemo(
    () =>
      problems.map(({ start, end, message, suggestion }) => ({
        start,
        end,
        message: suggestion === undefined ? message : `${message} Did you mean ${suggestion}?`,
      })),
    [problems],
  )
  return <CodeEditor label="Rule" language={language} faults={faults} {...of} />
}
