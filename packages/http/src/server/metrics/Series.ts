/**
 * A metric for each series of one name, kept: one metric for all of them would work out the key of a series again
 * whenever another was met between. Labels must have few values, and none that a caller can choose.
 */
import type * as Context from "effect/Context"
import type * as Metric from "effect/Metric"

/** Updates the series whose labels have these values, given in the order of the labels. */
export type Update = (value: number, ...values: ReadonlyArray<string>) => void

/**
 * `context` is the server's own: a request's is larger, and a metric that looks through it would copy all of it.
 */
export const make = (
  context: Context.Context<never>,
  labels: ReadonlyArray<string>,
  metricOf: (attributes: Readonly<Record<string, string>>) => Metric.Metric<number, unknown>
): Update => {
  const known = new Map<string, Metric.Metric<number, unknown>>()
  return (value, ...values) => {
    const key = values.join(" ")
    let metric = known.get(key)
    if (metric === undefined) {
      metric = metricOf(Object.fromEntries(labels.map((label, index) => [label, values[index]!])))
      known.set(key, metric)
    }
    metric.updateUnsafe(value, context)
  }
}
