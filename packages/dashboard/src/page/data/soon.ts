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

/** In milliseconds. */
interface Pace {
  /** It is done within so long, at random. */
  readonly spread: number
  /** And not again for so long. */
  readonly pause: number
}

/** Does what is asked for a moment later, once for all who ask until then. */
export const rarely = ({ pause, spread }: Pace, act: () => void): (() => void) => {
  let isHeld = false
  let isAsked = false
  const ask = () => {
    isAsked = true
    if (isHeld) return
    isHeld = true
    setTimeout(() => {
      isAsked = false
      act()
      setTimeout(() => {
        isHeld = false
        if (isAsked) ask()
      }, pause)
    }, chance() * spread)
  }
  return ask
}

/** Something from 0 to 1. */
const chance = (): number => crypto.getRandomValues(new Uint8Array(1))[0]! / 256
