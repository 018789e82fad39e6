/**
 * Where the streams stand, and what an operator can do about those that do not go on.
 */
import type { Promises } from "@popug/http/promises"

export type Stream = Awaited<ReturnType<Promises["operations"]["streams"]>>["data"][number]
export type Stopped = NonNullable<Stream["stopped"]>

export type State = "stopped" | "failing" | "ahead" | "behind" | "well"

/** So far behind is a moment's work: a shuffle of a company that is not small. */
const moment = 1_000

export const stateOf = ({ behind, failing, stopped }: Pick<Stream, "behind" | "failing" | "stopped">): State => {
  if (stopped !== null) return "stopped"
  if (failing !== null) return "failing"
  return behind < 0 ? "ahead" : behind > moment ? "behind" : "well"
}

/** Reports follow every close, and what the books differ in or a log does not hold is put right, not passed over. */
export const maySkip = (stream: Stream): boolean =>
  stream.stopped !== null &&
  ["tasks", "billing", "billing.users"].includes(stream.consumer) &&
  !["BeyondLog", "Difference"].includes(stream.stopped.reason)

/**
 * The last number that is passed over at least: the event that it stopped at. A broken digest alone is accepted where
 * the stream stands, and nothing is passed over.
 */
export const leastThrough = ({ number, stopped }: Pick<Stream, "number"> & { readonly stopped: Stopped }): number =>
  stopped.reason === "BrokenDigest" ? number : Math.max(stopped.number, number + 1)
