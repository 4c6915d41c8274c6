import { notifications } from '@mantine/notifications'
import { wordsForProblem } from './words-for-problem.ts'

/** Tells a person about an error that has no place of its own on the page. */
export function showProblem(error: unknown): void {
  const { title, detail } = wordsForProblem(error)
  notifications.show({ color: 'red', title, message: detail, autoClose: 8_000 })
}

/** Tells that something was done. */
export function showDone(message: string): void {
  notifications.show({ message, autoClose: 3_500 })
}
