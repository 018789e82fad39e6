/**
 * What is due is done only where somebody looks. A page that nobody sees does not keep a session alive; it renews when
 * it is looked at again.
 */

/** The longest that a timer waits, in milliseconds. */
const longest = 2 ** 31 - 1

/** Calls once when so many seconds are over and the page is looked at; what it returns takes that back. */
export const whenDue = (seconds: number, renew: () => void): (() => void) => {
  let isOver = false
  const look = (): void => {
    if (!isOver || document.hidden) return
    end()
    renew()
  }
  const timer = setTimeout(
    () => {
      isOver = true
      look()
    },
    Math.min(seconds * 1_000, longest)
  )
  const end = (): void => {
    clearTimeout(timer)
    document.removeEventListener("visibilitychange", look)
  }
  document.addEventListener("visibilitychange", look)
  return end
}
