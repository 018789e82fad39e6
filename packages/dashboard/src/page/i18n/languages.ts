/** The languages that the page speaks. */
export const languages = ["en", "ru"] as const
export type Language = (typeof languages)[number]
