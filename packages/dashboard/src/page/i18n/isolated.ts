/**
 * What people typed, within a sentence: a name that is read from right to left, or says that what follows it is, leaves
 * the words around it where they are (UAX #9).
 */

/** Letters that are read from right to left. */
const rightToLeft = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
/** What turns the text behind it, or ends what would keep it apart. */
const turning = /[\u202a-\u202e\u2066-\u2069]/gu

export const isolated = (text: string): string => {
  const plain = text.replaceAll(turning, "")
  return rightToLeft.test(plain) ? `\u2068${plain}\u2069` : plain
}
