/**
 * A task, as lists have it.
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

export const isOpen = (task: Pick<Task, "status">): boolean => task.status !== "done"
