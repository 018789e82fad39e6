/**
 * The tracker's tasks: asked for page by page, changed at once, and taken back with a reason when refused.
 */
import { infiniteQueryOptions } from "@tanstack/react-query"
import { wordsOf } from "../data/problems.ts"
import { queries } from "../data/queries.ts"
import { popug } from "../session/session.ts"
import { notify } from "../ui/notices.tsx"
import { type Pages, type Task, withTask } from "./taskList.ts"

export interface Filter {
  readonly status: "in progress" | "done" | ""
  readonly mine: boolean
}

/** A list of tasks, a page at a time. */
export const list = ({ mine, status }: Filter) =>
  infiniteQueryOptions({
    queryKey: ["tasks", "list", { mine, status }],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      popug.tasks.list(
        {
          query: {
            limit: 100,
            ...(status === "" ? {} : { status }),
            ...(mine ? { assignee: "me" } : {}),
            ...(pageParam === null ? {} : { cursor: pageParam })
          }
        },
        { signal }
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor
  })

/** Shows a task in every list as it is now. */
export const show = (id: string, change: Partial<Task>): void => {
  queries.setQueriesData<Pages>({ queryKey: ["tasks", "list"] }, (pages) =>
    pages === undefined ? undefined : withTask(pages, id, change)
  )
}

/** Does something to a task: at once to the eye, and as it was, with the reason, if the server refuses. */
const change = async (task: Task, wanted: Partial<Task>, ask: () => Promise<{ readonly body: Task }>) => {
  show(task.id, wanted)
  try {
    show(task.id, (await ask()).body)
  } catch (error) {
    show(task.id, task)
    notify("refused", wordsOf(error))
  }
}

export const complete = (task: Task): Promise<void> =>
  change(task, { status: "done" }, () => popug.tasks.complete({ params: { id: task.id } }))
