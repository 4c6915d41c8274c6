import { readRules } from '@aleph-audit-log/domain/detect/read-rules'
import { yaml } from '@codemirror/lang-yaml'
import { linter, lintGutter, type Diagnostic } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { useEffect, useRef, type ReactNode } from 'react'
import classes from './rule-editor.module.css'

type RuleEditorProps = {
  /** What it begins with; later texts are its own. */
  text: string
  readOnly: boolean
  onChange: (text: string) => void
  onSave: () => void
}

/** Sigma, with each fault marked at its place while one writes. */
export function RuleEditor({ text, readOnly, onChange, onSave }: RuleEditorProps): ReactNode {
  const place = useRef<HTMLDivElement>(null)
  const told = useRef({ onChange, onSave })
  useEffect(() => {
    told.current = { onChange, onSave }
  })
  useEffect(() => {
    if (place.current === null) return undefined
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          keymap.of([
            {
              key: 'Mod-s',
              preventDefault: true,
              run: () => {
                told.current.onSave()
                return true
              },
            },
          ]),
          basicSetup,
          yaml(),
          lintGutter(),
          linter((editor) => findFaults(editor.state.doc.toString()), { delay: 250 }),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'Rule' }),
          EditorState.readOnly.of(readOnly),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) told.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    return () => view.destroy()
    // The editor keeps its own text; another rule, or one that was saved, is another editor.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [readOnly])
  return <div ref={place} className={classes.editor} />
}

function findFaults(text: string): Diagnostic[] {
  return readRules(text).problems.map(({ start, end, message, suggestion }) => {
    const from = Math.min(start, text.length)
    return {
      from,
      to: Math.min(Math.max(end, from), text.length),
      severity: 'error',
      message: suggestion === undefined ? message : `${message} Did you mean ${suggestion}?`,
    }
  })
}
