/**
 * What is known under a key, or is looked up now and known from then on. With more than `most`, all is forgotten: what comes
 * again and again is soon known again, and what somebody makes up takes no more room than that.
 */
export function remember<K, V>(known: Map<K, V>, most: number, key: K, make: () => V): V {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  if (known.size >= most) known.clear()
  known.set(key, made)
  return made
}
