import type { QueryParams } from './engine.ts'

/**
 * Parameters as a statement that sets them for one connection, for queries with placeholders such as `{name:String}`;
 * undefined if there are none. A value is first written as the engine reads parameters (as a field of TabSeparated,
 * elements of an array quoted), and that text is then a string literal; no character of a value can end either.
 * Throws TypeError for a value that is no text, number or list of them.
 */
export function renderParams(params: QueryParams): string | undefined {
  return setParams(Object.entries(params).map(([name, value]) => [name, renderValue(value)]))
}

/** Sets parameters to texts that are written as the engine reads parameters. */
export function setParams(texts: Iterable<readonly [string, string]>): string | undefined {
  const assignments = Array.from(texts, ([name, text]) => {
    if (!/^\w+$/.test(name)) throw new TypeError(`"${name}" cannot be a parameter's name`)
    return `param_${name} = ${quoteText(text)}`
  })
  return assignments.length === 0 ? undefined : `SET ${assignments.join(', ')}`
}

/** A text as a string literal of SQL. */
export function quoteText(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&').replaceAll('\0', '\\0')}'`
}

function renderValue(value: unknown): string {
  if (typeof value === 'string') return escapeField(value)
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return `[${value.map(renderElement).join(',')}]`
  throw new TypeError(`A parameter cannot be of the type ${typeof value}`)
}

function renderElement(value: unknown): string {
  return typeof value === 'string' ? `'${escapeField(value).replaceAll("'", "\\'")}'` : renderValue(value)
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function escapeField(text: string): string {
  return text.replace(/[\\\0\b\f\n\r\t]/g, (character) => escapes[character] ?? character)
}
