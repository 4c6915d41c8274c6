import type { PolicyProblem } from '@aleph-audit-log/domain/api/policies'
import type { EditorView } from '@codemirror/view'
import { Input } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef, type ReactNode } from 'react'
import { checkPolicy } from '../api/policies.ts'
import { CodeEditor } from '../ui/code-editor.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { cedar } from './cedar-language.ts'
import classes from './policies.module.css'

/** How long after the last key a text is checked, in ms. */
const checkAfterMs = 400

type PolicyEditorProps = {
  /** What it begins with; later texts are its own. */
  initialText: string
  /** What it holds now, as it has told. */
  text: string
  readOnly: boolean
  onChange: (text: string) => void
  onSave: () => void
}

const noProblems: readonly PolicyProblem[] = []

/** The text of a policy with its faults, which stand below it as well: a click on one selects its place. */
export function PolicyEditor({
  initialText,
  text,
  readOnly,
  onChange,
  onSave,
}: PolicyEditorProps): ReactNode {
  const view = useRef<EditorView>(null)
  const [checked] = useDebouncedValue(text, checkAfterMs)
  const { data } = useQuery({
    queryKey: ['policy-problems', checked],
    queryFn: ({ signal }) => checkPolicy(checked, signal),
    enabled: checked.trim() !== '' && !readOnly,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  // Of another text the places are wrong.
  const problems = useMemo(
    () => (checked === text ? (data ?? noProblems) : noProblems),
    [checked, text, data],
  )

  function select({ start, end }: PolicyProblem): void {
    const { current: editor } = view
    if (editor === null) return
    const { length } = editor.state.doc
    editor.dispatch({
      selection: { anchor: Math.min(start, length), head: Math.min(end, length) },
      scrollIntoView: true,
    })
    editor.focus()
  }

  return (
    <div>
      <Input.Label component="div" mb={4}>
        {editorLabel}
      </Input.Label>
      <div className={classes.editor}>
        <CodeEditor
          label={editorLabel}
          language={cedar}
          text={initialText}
          readOnly={readOnly}
          faults={problems}
          onChange={onChange}
          onSave={onSave}
          describedBy="policy-problems"
          view={view}
        />
      </div>
      <div id="policy-problems" role="status">
        {problems.length === 0 ? null : (
          <ul className={classes.problems}>
            {problems.map((problem) => (
              <li key={`${problem.start} ${problem.message}`}>
                <button type="button" className={classes.problem} onClick={() => select(problem)}>
                  <b>
                    Line {problem.line}, column {problem.column}:
                  </b>{' '}
                  <ShownText text={problem.message} />
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}

const editorLabel = 'Policy in Cedar'
