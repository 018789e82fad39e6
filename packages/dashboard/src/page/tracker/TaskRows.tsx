/**
 * The rows that are in sight, and some around them.
 */
import { useStore } from "@nanostores/react"
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual"
import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react"
import type { Query } from "../address/address.ts"
import { useNames } from "../data/people.ts"
import { useTexts } from "../i18n/texts.ts"
import { $cursor, $selected } from "./chosen.ts"
import { indexOf, type Listing, rowAt } from "./listing.ts"
import type { Task } from "./task.ts"
import { TaskRow } from "./TaskRow.tsx"

interface Props {
  readonly listing: Listing
  readonly see: (first: number, last: number) => void
  /** The filters, which links to tasks keep. */
  readonly query: Query
  readonly opened: string | undefined
  /** Whether all are one person's: the name on each says nothing. */
  readonly own: boolean
  readonly assign: ((task: Task) => void) | undefined
  readonly none: ReactNode
}

const isCoarse = matchMedia("(pointer: coarse)")
const rowHeight = () => (isCoarse.matches ? 52 : 42)

export const TaskRows = ({ assign, listing, none, opened, own, query, see }: Props) => {
  const tell = useTexts()
  const cursor = useStore($cursor)
  const selected = useStore($selected)
  const nameOf = useNames()
  const scroller = useRef<HTMLDivElement>(null)
  const height = rowHeight()
  const at = cursor === null ? -1 : indexOf(listing, cursor.id)
  const virtual = useVirtualizer({
    count: listing.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 10,
    // Where the focus is stays, even out of sight.
    rangeExtractor: (range) => {
      const rows = defaultRangeExtractor(range)
      return at < 0 || at >= range.count || (at >= rows[0]! && at <= rows.at(-1)!)
        ? rows
        : [...rows, at].sort((a, b) => a - b)
    }
  })
  const { endIndex = 0, startIndex = 0 } = virtual.range ?? {}
  useEffect(() => see(startIndex, endIndex), [see, startIndex, endIndex, listing])
  useSteadyRows(scroller, listing, startIndex, height)
  useEffect(() => {
    if (cursor !== null && cursor.step > 0 && at >= 0) virtual.scrollToIndex(at, { align: "auto" })
    // Only a step of the keys scrolls, not a row that moves.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [cursor])
  return (
    <div
      ref={scroller}
      className="tracker-rows"
      data-selecting={selected.size > 0 || undefined}
      data-own={own || undefined}
    >
      {listing.count === 0 && none}
      <ul style={{ height: virtual.getTotalSize() }} aria-label={tell("tasks.title")}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const task = rowAt(listing, index)
          return (
            <li
              key={task?.id ?? index}
              style={{ transform: `translateY(${start}px)`, height }}
              aria-posinset={index + 1}
              aria-setsize={listing.complete ? listing.count : -1}
            >
              {task === undefined ? (
                <div className="task task-waits" aria-hidden="true" />
              ) : (
                <TaskRow
                  task={task}
                  above={index === 0 ? undefined : rowAt(listing, index - 1)}
                  assign={assign}
                  name={task.assignee === null ? undefined : nameOf(task.assignee)}
                  query={query}
                  isSelected={selected.has(task.id)}
                  isOpened={task.id === opened}
                  isCursor={task.id === cursor?.id}
                  step={task.id === cursor?.id ? cursor.step : 0}
                />
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** What one looks at stays where it is when rows come or go above it; at the top one sees what comes. */
const useSteadyRows = (
  scroller: { readonly current: HTMLDivElement | null },
  listing: Listing,
  first: number,
  height: number
): void => {
  const anchor = useRef<{ readonly id: string; readonly index: number } | null>(null)
  useLayoutEffect(() => {
    const element = scroller.current
    const before = anchor.current
    if (element === null || before === null || element.scrollTop < height) return
    const now = indexOf(listing, before.id)
    if (now >= 0 && now !== before.index) element.scrollTop += (now - before.index) * height
  }, [listing, scroller, height])
  useLayoutEffect(() => {
    const task = rowAt(listing, first)
    anchor.current = task === undefined ? null : { id: task.id, index: first }
  })
}
