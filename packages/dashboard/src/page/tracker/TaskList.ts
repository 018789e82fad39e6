/**
 * The tasks that the page has seen, and lists of them: pure changes of plain data. A list holds ids in the server's
 * order; a row is shown as it was last heard of, with what is being done to it now.
 */
export interface Task {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly jiraId: string | null
  readonly status: "in progress" | "done"
  readonly assignee: string | null
  readonly assignment: number
}

export interface TaskList {
  readonly ids: ReadonlyArray<string>
  /** Where the next page begins; null when all of the list is here. */
  readonly next: string | null | undefined
  readonly state: "idle" | "loading" | "failed"
}

export interface Tracked {
  readonly rows: ReadonlyMap<string, Task>
  /** What is under way: how a row looks if it goes well. */
  readonly wanted: ReadonlyMap<string, Partial<Task>>
}

export const nothing: Tracked = { rows: new Map(), wanted: new Map() }
export const unasked: TaskList = { ids: [], next: undefined, state: "idle" }

export const withPage = (
  list: TaskList,
  { data, nextCursor }: { readonly data: ReadonlyArray<Task>; readonly nextCursor: string | null }
): TaskList => {
  const known = new Set(list.ids)
  return {
    ids: [...list.ids, ...data.flatMap(({ id }) => (known.has(id) ? [] : [id]))],
    next: nextCursor,
    state: "idle"
  }
}

export const withRows = (tracked: Tracked, rows: ReadonlyArray<Task>): Tracked => {
  const next = new Map(tracked.rows)
  for (const row of rows) next.set(row.id, row)
  return { ...tracked, rows: next }
}

export const want = (tracked: Tracked, id: string, change: Partial<Task>): Tracked => ({
  ...tracked,
  wanted: new Map(tracked.wanted).set(id, change)
})

/** Done, or refused: the row is what the server says. */
export const settle = (tracked: Tracked, id: string): Tracked => {
  const wanted = new Map(tracked.wanted)
  wanted.delete(id)
  return { ...tracked, wanted }
}

export const rowOf = (tracked: Tracked, id: string): Task | undefined => {
  const row = tracked.rows.get(id)
  return row === undefined ? undefined : { ...row, ...tracked.wanted.get(id) }
}
