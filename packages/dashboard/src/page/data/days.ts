/**
 * Business days as dates of the calendar, in no zone. As text they compare as they are.
 */

/** Whether a text, such as one of an address, is a day of the calendar. */
export const isDay = (text: string | null | undefined): text is string => {
  if (text === null || text === undefined || !/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  // The last of February is followed by March, whatever is counted.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** A day some days later, or earlier. */
export const dayAfter = (day: string, days: number): string => {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}
