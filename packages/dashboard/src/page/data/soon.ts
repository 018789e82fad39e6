/**
 * Things that happen many times a second, and are looked into some times a second.
 */

/**
 * Collects what it is called with and hands it over once, `millis` after the first of it: whoever calls it without end
 * is heard once in that time.
 */
export const soon = <A>(
  millis: number,
  take: (all: ReadonlySet<A>) => void
): ((...given: ReadonlyArray<A>) => void) => {
  let waiting: Set<A> | undefined
  return (...given) => {
    if (waiting === undefined) {
      waiting = new Set()
      setTimeout(() => {
        const all = waiting!
        waiting = undefined
        take(all)
      }, millis)
    }
    for (const one of given) waiting.add(one)
  }
}
