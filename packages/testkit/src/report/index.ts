/**
 * What a company's days came to: day books, their summary, and the report that people look at.
 */
export * as DayBook from "./DayBook.ts"
export * as Report from "./Report.ts"
export * as Summary from "./Summary.ts"
