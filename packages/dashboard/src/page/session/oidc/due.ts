/**
 * When to renew: some time before the end, and only where somebody looks. A page that nobody sees does not keep a
 * session alive; it renews when it is looked at again.
 */

/**
 * How long after it was given a token shall be renewed, in seconds: a quarter of its life before the end, a minute at
 * most.
 */
export const renewAfter = (lifetime: number): number => Math.max(0, lifetime - Math.min(60, lifetime / 4))

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
