/**
 * What became of a task, from the last to the first: as the log has it, of which everybody sees their part.
 */
import { queryOptions, useQuery } from "@tanstack/react-query"
import { actorOf } from "../events/actorOf.ts"
import { useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { Answer } from "../ui/Answer.tsx"
import { Moment } from "../ui/Day.tsx"
import { Person } from "../ui/Person.tsx"
import { type Change, changeOf } from "./changes.ts"

type Event = Awaited<ReturnType<typeof popug.events.list>>["data"][number]

/** A page looks at a thousand events: so many of them before one has to ask for what is older. */
const pagesAtOnce = 10

const historyQuery = (id: string) =>
  queryOptions({
    queryKey: ["tasks", "history", id],
    queryFn: async ({ signal }) => {
      const events: Array<Event> = []
      let cursor: string | null = null
      let isWhole = false
      for (let pages = 0; pages < pagesAtOnce && !isWhole; pages++) {
        const query = { source: "tasks", task: id, order: "newest", limit: 100 } as const
        const page: Awaited<ReturnType<typeof popug.events.list>> = await popug.events.list(
          { query: { ...query, ...(cursor === null ? {} : { cursor }) } },
          { signal }
        )
        events.push(...page.data)
        cursor = page.nextCursor
        isWhole = cursor === null || page.data.some((event) => changeOf(event)?.kind === "created")
      }
      return { events, isWhole }
    }
  })

export const TaskHistory = ({ id }: { readonly id: string }) => {
  const tell = useTexts()
  const history = useQuery(historyQuery(id))
  if (history.data?.events.length === 0) return null
  return (
    <section>
      <h3>{tell("tasks.history")}</h3>
      <Answer to={history}>
        {({ events, isWhole }) => (
          <>
            <ol className="history">
              {events.map((event) => {
                const change = changeOf(event)
                return change === undefined ? null : <Happened key={event.number} event={event} change={change} />
              })}
            </ol>
            {!isWhole && <p className="soft small">{tell("tasks.history.more")}</p>}
          </>
        )}
      </Answer>
    </section>
  )
}

const Happened = ({ change: { kind, task }, event }: { readonly event: Event; readonly change: Change }) => {
  const tell = useTexts()
  const by = actorOf(event)
  return (
    <li data-kind={kind}>
      <span className="happened">
        {tell(`tasks.history.${kind}`)}
        {kind === "assigned" && task.assignee !== null && <Person id={task.assignee} />}
      </span>
      <span className="soft small happened-by">
        {by !== null && <Person id={by} />}
        <Moment at={new Date(event.time)} />
      </span>
    </li>
  )
}
