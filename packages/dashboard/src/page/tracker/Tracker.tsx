import { useStore } from "@nanostores/react"
import { useInfiniteQuery } from "@tanstack/react-query"
import { useVirtualizer } from "@tanstack/react-virtual"
import { useEffect, useMemo, useRef } from "react"
import { $address, filter as setFilter } from "../address/address.ts"
import { useTexts } from "../i18n/texts.ts"
import { hasRole, signedIn } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Icon } from "../ui/Icon.tsx"
import { TaskRow } from "./TaskRow.tsx"
import { type Filter, list } from "./tasks.ts"
import "./tracker.css"

const rowHeight = 44

/** The tasks: one's own, or everybody's for who may see them. */
const Tracker = () => {
  const tell = useTexts()
  const { query } = useStore($address)
  const me = signedIn()
  const seesAll = hasRole(me, "manager", "admin")
  const status = query.get("status")
  const mine = !seesAll || query.get("mine") === "yes"
  const chosen: Filter = useMemo(
    () => ({ status: status === "done" || status === "in progress" ? status : "", mine }),
    [status, mine]
  )
  return (
    <section className="tracker">
      <header className="tracker-head">
        <h1>{tell("tasks.title")}</h1>
        <div className="tracker-filters">
          {(["", "in progress", "done"] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={chosen.status === name}
              onClick={() => setFilter({ status: name })}
            >
              {tell(name === "" ? "tasks.status.all" : name === "done" ? "tasks.status.done" : "tasks.status.open")}
            </button>
          ))}
        </div>
        {seesAll && (
          <Button>
            <Icon name="shuffle" />
            {tell("tasks.shuffle")}
          </Button>
        )}
        <Button look="primary">
          <Icon name="plus" />
          {tell("tasks.new")}
        </Button>
      </header>
      <Rows filter={chosen} />
    </section>
  )
}

const Rows = ({ filter }: { readonly filter: Filter }) => {
  const tell = useTexts()
  const { data, fetchNextPage, hasNextPage, isFetching } = useInfiniteQuery(list(filter))
  const tasks = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (hasNextPage && !isFetching && last >= tasks.length - 40) void fetchNextPage()
  }, [fetchNextPage, hasNextPage, isFetching, last, tasks.length])
  return (
    <div ref={scroller} className="tracker-rows">
      {data !== undefined && tasks.length === 0 && <p className="soft tracker-none">{tell("tasks.none")}</p>}
      <ul style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const task = tasks[index]
          return task === undefined ? null : (
            <li key={task.id} style={{ transform: `translateY(${start}px)`, height: rowHeight }}>
              <TaskRow task={task} />
            </li>
          )
        })}
      </ul>
    </div>
  )
}

export default Tracker
