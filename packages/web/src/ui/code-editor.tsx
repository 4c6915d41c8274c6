import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { basicSetup } from 'codemirror'
import { useEffect, useRef, type ReactNode, type RefObject } from 'react'
import classes from './code-editor.module.css'

/** What is wrong, and from where to where in the text (UTF-16 units). */
export type CodeFault = { start: number; end: number; message: string }

type CodeEditorProps = {
  /** What it is called for those who do not see it. */
  label: string
  language: Extension
  /** What it begins with; later texts are its own. */
  text: string
  readOnly: boolean
  /** Marked in the text and beside its line. Of the text that was told last. */
  faults: readonly CodeFault[]
  onChange: (text: string) => void
  /** Ctrl+S. */
  onSave: () => void
  /** The id of what tells the faults in words. */
  describedBy?: string
  /** To move the selection from elsewhere. */
  view?: RefObject<EditorView | null>
}

/** Whether it has faults, for those who do not see the marks. */
const validity = new Compartment()

/** A text that a machine reads, with its faults at their places. It is large: load it where it is needed alone. */
export function CodeEditor(props: CodeEditorProps): ReactNode {
  const { label, language, text, readOnly, faults, describedBy, view } = props
  const place = useRef<HTMLDivElement>(null)
  const own = useRef<EditorView>(null)
  const told = useRef(props)
  useEffect(() => {
    told.current = props
  })
  useEffect(() => {
    if (place.current === null) return undefined
    const save = (): boolean => {
      told.current.onSave()
      return true
    }
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          keymap.of([{ key: 'Mod-s', preventDefault: true, run: save }]),
          basicSetup,
          language,
          syntaxHighlighting(classHighlighter),
          lintGutter(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            'aria-label': label,
            ...(describedBy !== undefined && { 'aria-describedby': describedBy }),
          }),
          validity.of([]),
          EditorState.readOnly.of(readOnly),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) told.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    own.current = editor
    if (view) view.current = editor
    return () => {
      own.current = null
      if (view) view.current = null
      editor.destroy()
    }
    // The editor keeps its own text; another text from elsewhere is another editor.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [readOnly])
  useEffect(() => {
    const { current: editor } = own
    if (editor === null) return
    const { length } = editor.state.doc
    const marks = faults.map(({ start, end, message }) => {
      const from = Math.min(start, length)
      return { from, to: Math.min(Math.max(end, from), length), severity: 'error' as const, message }
    })
    const invalid = EditorView.contentAttributes.of({ 'aria-invalid': String(faults.length > 0) })
    editor.dispatch(setDiagnostics(editor.state, marks), { effects: validity.reconfigure(invalid) })
  }, [faults, readOnly])
  return <div ref={place} className={classes.editor} />
}
