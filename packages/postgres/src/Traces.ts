/**
 * What caused an event as a row keeps it: 26 bytes of its `traceparent`, which is written in hexadecimal, and its
 * `tracestate` as text behind them. No bytes where nobody traced it: such rows are one byte longer than without the
 * column, and a column that may be null would make each eight bytes longer.
 */
import { TraceContext } from "@popug/core"
import { hexOf } from "./Param.ts"

type Trace = TraceContext.TraceContext

const none = Buffer.alloc(0)
const parentBytes = 26

/** The bytes of a context. */
export const bytesOf = (trace: Trace | undefined): Uint8Array => {
  if (trace === undefined) return none
  const parent = Buffer.from(trace.traceparent.replaceAll("-", ""), "hex")
  return trace.tracestate === undefined ? parent : Buffer.concat([parent, Buffer.from(trace.tracestate)])
}

/** Bytes that somebody has put there by hand may be no context. */
const read = (bytes: Uint8Array): Trace | undefined => {
  const hex = hexOf(bytes.subarray(0, parentBytes))
  const state = bytes.length > parentBytes ? Buffer.from(bytes.subarray(parentBytes)).toString() : undefined
  return TraceContext.read(`${hex.slice(0, 2)}-${hex.slice(2, 34)}-${hex.slice(34, 50)}-${hex.slice(50)}`, state)
}

/** Reads the contexts of events one after another: those of one command stand together, and share one object. */
export const reader = (): ((bytes: Uint8Array) => Trace | undefined) => {
  let [last, trace]: [Uint8Array, Trace | undefined] = [none, undefined]
  return (bytes) => {
    if (bytes.length === 0) return undefined
    if (Buffer.compare(last, bytes) !== 0) [last, trace] = [bytes, read(bytes)]
    return trace
  }
}
