/**
 * The tasks that entries are for. Pure.
 */
interface Named {
  readonly id: string
  readonly title: string
}

/** Each task once, under the title that it had last. */
export const tasksIn = (entries: ReadonlyArray<{ readonly task: Named | null }>): ReadonlyArray<Named> => {
  const tasks = new Map<string, Named>()
  for (const { task } of entries) if (task !== null && !tasks.has(task.id)) tasks.set(task.id, task)
  return [...tasks.values()]
}

/** What was typed, if it may be the id of a task. */
export const typedTask = (text: string): string | undefined =>
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/u.test(text.trim()) ? text.trim() : undefined
