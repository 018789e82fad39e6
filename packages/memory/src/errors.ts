/**
 * What this adapter refuses with.
 */
import { StoreError } from "@popug/core"

/** The rows contradict what is stored: nothing was written, and the same again would be refused again. */
export const conflict = (message: string): StoreError =>
  new StoreError({ reason: "Conflict", retryable: false, committed: "no", message })

/** The store holds no company yet: `open` comes first. */
export const notOpened = (): StoreError =>
  new StoreError({ reason: "Corrupt", retryable: false, committed: "no", message: "the company was not opened" })
