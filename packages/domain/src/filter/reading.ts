/** What was read from a value, or why it is of the wrong form and what to write instead of the value. */
export type Reading<T> = { value: T } | { fault: string; suggestion?: string }
