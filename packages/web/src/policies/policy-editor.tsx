import type { PolicyProblem } from '@aleph-audit-log/domain/api/policies'
import { Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useRef, type ReactNode } from 'react'
import { checkPolicy } from '../api/policies.ts'
import { ShownText } from '../ui/shown-text.tsx'
import classes from './policies.module.css'

/** How long after the last key a text is checked, in ms. */
const checkAfterMs = 400

type PolicyEditorProps = { text: string; readOnly: boolean; onChange: (text: string) => void }

/** The text of a policy, and under it what is wrong with it: a click on a fault selects its place. */
export function PolicyEditor({ text, readOnly, onChange }: PolicyEditorProps): ReactNode {
  const field = useRef<HTMLTextAreaElement>(null)
  const [checked] = useDebouncedValue(text, checkAfterMs)
  const { data: problems } = useQuery({
    queryKey: ['policy-problems', checked],
    queryFn: ({ signal }) => checkPolicy(checked, signal),
    enabled: checked.trim() !== '' && !readOnly,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  // Of another text the places are wrong.
  const shown = checked === text ? (problems ?? []) : []

  function select({ start, end }: PolicyProblem): void {
    field.current?.focus()
    field.current?.setSelectionRange(start, end)
  }

  return (
    <div>
      <Textarea
        ref={field}
        label="Policy in Cedar"
        classNames={{ input: classes.text ?? '' }}
        autosize
        minRows={9}
        maxRows={30}
        spellCheck={false}
        readOnly={readOnly}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={shown.length > 0}
        aria-describedby="policy-problems"
      />
      <div id="policy-problems" role="status">
        {shown.length === 0 ? null : (
          <ul className={classes.problems}>
            {shown.map((problem) => (
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
