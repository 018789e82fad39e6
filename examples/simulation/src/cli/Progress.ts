/**
 * A progress bar on standard error, where people see it and programs do not.
 */
export interface Progress {
  /** How far it is, and a word on where. */
  readonly at: (done: number, note: string) => void
  /** Wipes the bar away. */
  readonly end: () => void
}

const cells = 28
/** Often enough to look alive. */
const interval = 80

const silent: Progress = { at: () => {}, end: () => {} }

/** A bar that is full at `total`; nothing at all when standard error is no terminal. */
export const make = (label: string, total: number): Progress => {
  const { stderr } = process
  if (!stderr.isTTY) return silent
  const started = performance.now()
  let shown = Number.NEGATIVE_INFINITY
  return {
    at: (done, note) => {
      const now = performance.now()
      if (now - shown < interval && done < total) return
      shown = now
      const part = total === 0 ? 1 : Math.min(1, done / total)
      const full = Math.round(part * cells)
      const left = part === 0 ? "" : `${duration(((now - started) * (1 - part)) / part)} left`
      const bar = `${"█".repeat(full)}${"░".repeat(cells - full)}`
      const percent = `${Math.floor(part * 100)}%`.padStart(4)
      const line = `${label} ${bar}${percent}  ${note}  ${left}`
      stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns || 80) - 1)}`)
    },
    end: () => void stderr.write("\r\u001b[K")
  }
}

/** `1:05` for a minute and five seconds. */
const duration = (millis: number): string => {
  const seconds = Math.ceil(millis / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}
