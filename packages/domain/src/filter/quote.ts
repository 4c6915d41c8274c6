/** A text in quotes, as the search language reads it: `say "hi"` as `"say \"hi\""`. */
export function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
