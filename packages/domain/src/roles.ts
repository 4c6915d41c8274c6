/**
 * The roles of people, from the one that may do most to the one that may do least: each sees at least what the next
 * one sees. Apart from the schemas, so that a page can list them without a validator.
 */
export const roles = ['admin', 'auditor', 'analyst', 'member'] as const
