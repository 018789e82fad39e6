/** The languages that the page speaks, as each names itself. */
export const languageNames = { en: "English", ru: "Русский" } as const
export type Language = keyof typeof languageNames
export const languages = Object.keys(languageNames) as ReadonlyArray<Language>
