/**
 * The searchable form of a text: well-formed and lower-cased by Unicode's rules (not the engine's). The Greek sigma has
 * two small forms, chosen by its place in the word; here it has one, so that a part of a word finds the whole.
 */
export function toSearchText(value: string): string {
  const lower = value.toWellFormed().toLowerCase()
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower
}
