/**
 * The values of bind parameters from a line's detail, `Parameters: $1 = '42', $2 = NULL` (BuildParamLogString in
 * src/backend/nodes/params.c; before version 16 `parameters:`, in other languages another word). Values come as text
 * whatever their type, quotes doubled. `complete` is false where the text ends early or goes on in another form.
 * Undefined if there are no parameters in it. With `log_parameter_max_length` PostgreSQL itself cuts values and puts
 * `...` at their end, which cannot be told from a value that ends so.
 */
export function scanBindParameters(
  detail: string,
): { values: (string | null)[]; complete: boolean } | undefined {
  const first = detail.indexOf('$1 = ')
  if (first < 0 || first > leadUnitsMax) return undefined
  const values: (string | null)[] = []
  for (let at = first; ;) {
    const name = `$${values.length + 1} = `
    if (!detail.startsWith(name, at)) return { values, complete: false }
    at += name.length
    if (detail.startsWith('NULL', at)) {
      values.push(null)
      at += 4
    } else {
      const end = detail[at] === "'" ? endOfQuoted(detail, at + 1) : undefined
      if (end === undefined) return { values, complete: false }
      values.push(detail.slice(at + 1, end).replaceAll("''", "'"))
      at = end + 1
    }
    if (at === detail.length) return { values, complete: true }
    if (!detail.startsWith(', ', at)) return { values, complete: false }
    at += 2
  }
}

/** What may stand before the first parameter. */
const leadUnitsMax = 60

function endOfQuoted(text: string, from: number): number | undefined {
  for (let at = text.indexOf("'", from); at >= 0; at = text.indexOf("'", at + 2)) {
    if (text[at + 1] !== "'") return at
  }
  return undefined
}
