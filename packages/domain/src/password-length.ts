/**
 * The least length of a password, in characters as a person counts them (code points), after Unicode normalisation. Apart
 * from the schemas, so that a page can name it without a validator.
 */
export const passwordCharactersMin = 12
