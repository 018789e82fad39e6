/**
 * What a company's days came to: the day book of each, and their summary.
 */
export * as DayBook from "./DayBook.ts"
export * as Summary from "./Summary.ts"
