/**
 * What is measured in the page itself, by its own clock: from an input to the frame that shows what it led to.
 */
import type { Page } from "playwright-core"

/** Between an input and its answer on the screen, in milliseconds. */
export interface Taken {
  readonly whole: number
  /** While at least one request waited for the server's first byte. */
  readonly server: number
}

/** Runs before the page does: remembers inputs, and can wait for something to be painted. */
const script = `
globalThis.popugBench = {
  input: 0,
  /** Resolves after the first frame in which something holds is painted. */
  painted: (holds) => new Promise((resolve, reject) => {
    const begun = performance.now()
    const look = () => {
      if (performance.now() > begun + 20000) return reject(new Error("nothing was painted"))
      if (!holds()) return requestAnimationFrame(look)
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => resolve(performance.now())
      port2.postMessage(null)
    }
    requestAnimationFrame(look)
  }),
  /** How long at least one request waited, from one moment to another. */
  waited: (from, to) => {
    const waits = performance.getEntriesByType("resource")
      .filter(({ name, requestStart }) => !name.includes("/feed") && requestStart >= from && requestStart < to)
      .map(({ requestStart, responseStart }) => [requestStart, Math.min(to, responseStart)])
      .sort(([a], [b]) => a - b)
    let [sum, end] = [0, from]
    for (const [start, stop] of waits) {
      sum += Math.max(0, stop - Math.max(start, end))
      end = Math.max(end, stop)
    }
    return sum
  }
}
for (const kind of ["click", "keydown"]) {
  addEventListener(kind, (event) => { popugBench.input = event.timeStamp }, { capture: true })
}
`

export const prepare = (page: Page): Promise<unknown> => page.addInitScript(script)

/** From when the document was asked for until something is painted. */
export const firstView = (page: Page, holds: string): Promise<Taken> =>
  page.evaluate<Taken>(
    `popugBench.painted(() => ${holds}).then((whole) => ({ whole, server: popugBench.waited(0, whole) }))`
  )

/** From the input that `act` makes until something is painted. */
export const answer = async (page: Page, act: () => Promise<unknown>, holds: string): Promise<Taken> => {
  await page.evaluate("performance.clearResourceTimings(), popugBench.input = 0")
  const waiting = page.evaluate<Taken>(`(async () => {
    const end = await popugBench.painted(() => popugBench.input > 0 && (${holds}))
    return { whole: end - popugBench.input, server: popugBench.waited(popugBench.input, end) }
  })()`)
  await act()
  return waiting
}
