/**
 * The row that the keys are about, and the rows that were selected.
 */
import { atom } from "nanostores"
import { onFarewell } from "../session/session.ts"
import type { Task } from "./task.ts"

export interface Cursor {
  readonly id: string
  /** Grows with each step by a key: the row is to have the focus then. */
  readonly step: number
}

export const $cursor = atom<Cursor | null>(null)
export const $selected = atom<ReadonlyMap<string, Task>>(new Map())

export const point = (id: string): void => $cursor.set({ id, step: $cursor.get()?.step ?? 0 })
export const stepTo = (id: string): void => $cursor.set({ id, step: ($cursor.get()?.step ?? 0) + 1 })

export const toggle = (task: Task): void => {
  const after = new Map($selected.get())
  if (!after.delete(task.id)) after.set(task.id, task)
  $selected.set(after)
}

export const selectNone = (): void => {
  if ($selected.get().size > 0) $selected.set(new Map())
}

onFarewell(() => {
  selectNone()
  $cursor.set(null)
})
