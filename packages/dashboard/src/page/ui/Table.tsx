/**
 * A table that may be long: only the rows in sight are drawn, and more are asked for as the end comes near. `j` and `k`
 * step from row to row, to the first link or button in it. On narrow screens a row is a card; roles are written out,
 * since browsers forget them when the boxes are laid out otherwise. On paper all loaded rows are there.
 */
import { useWindowVirtualizer } from "@tanstack/react-virtual"
import { memo, type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react"
import { flushSync } from "react-dom"
import { useCommands } from "../commands/commands.ts"
import { useTexts } from "../i18n/texts.ts"
import { Currency } from "./Money.tsx"
import { type Line, linesOf } from "./tableRows.ts"
import "./table.css"

export interface Column<Row> {
  readonly id: string
  readonly title: string
  /** Of the table's width; those without share what is left. */
  readonly width?: string
  readonly number?: boolean
  /** Amounts, which are numbers: their currency stands above them, once. */
  readonly money?: boolean
  /** Where it stands on a card: `pair` is a line with the title before it. */
  readonly fold: "title" | "value" | "note" | "side" | "pair" | "gone"
  readonly cell: (row: Row) => ReactNode
}

interface Props<Row> {
  readonly label: string
  readonly columns: ReadonlyArray<Column<Row>>
  readonly rows: ReadonlyArray<Row>
  readonly keyOf: (row: Row) => string
  readonly groupOf?: (row: Row) => string
  readonly heading?: (group: string) => ReactNode
  /** Something to say about a row, for its looks: `debt`, `correction`, ... */
  readonly markOf?: (row: Row) => string | undefined
  /** There are more, and they are not being asked for yet. */
  readonly more?: (() => unknown) | undefined
  readonly foot?: ReactNode
}

const rowHeight = 44

export const Table = <Row,>(props: Props<Row>) => {
  const { columns, groupOf, heading, keyOf, label, markOf, more, rows } = props
  const lines = useMemo(() => linesOf(rows, keyOf, groupOf), [rows, keyOf, groupOf])
  const body = useRef<HTMLTableSectionElement>(null)
  const printing = usePrinting()
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => {
    const top = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY
    setMargin((before) => (Math.abs(before - top) < 1 ? before : top))
  })
  const virtual = useWindowVirtualizer({
    count: lines.length,
    estimateSize: () => rowHeight,
    overscan: 14,
    scrollMargin: margin,
    // The same as long as the lines are: all are measured anew with another one.
    getItemKey: useCallback((index: number) => lines[index]?.key ?? index, [lines])
  })
  useSteadyLines(virtual, lines, margin)
  const items = printing ? lines.map((_, index) => ({ index })) : virtual.getVirtualItems()
  const drawn = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (more !== undefined && last >= lines.length - 30) more()
  }, [more, last, lines.length])
  useSteps(lines, body, (index) => virtual.scrollToIndex(index, { align: "auto" }))
  const above = printing ? 0 : (drawn[0]?.start ?? margin) - margin
  const below = printing ? 0 : virtual.getTotalSize() - ((drawn.at(-1)?.end ?? margin) - margin)
  return (
    <table className="table" role="table" aria-label={label} aria-rowcount={more === undefined ? rows.length + 1 : -1}>
      <colgroup>
        {columns.map(({ id, width }) => (
          <col key={id} style={width === undefined ? undefined : { width }} />
        ))}
      </colgroup>
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <th key={column.id} role="columnheader" scope="col" className={classOf(column)}>
              {column.title}
              {column.money === true && <Currency />}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body} role="rowgroup">
        <Space height={above} />
        {items.map(({ index }) => (
          <Drawn
            key={lines[index]!.key}
            columns={columns as ReadonlyArray<Column<unknown>>}
            heading={heading}
            markOf={markOf as ((row: unknown) => string | undefined) | undefined}
            line={lines[index]!}
            at={index}
            measure={virtual.measureElement}
          />
        ))}
        <Space height={below} />
      </tbody>
      {props.foot !== undefined && <tfoot role="rowgroup">{props.foot}</tfoot>}
    </table>
  )
}

interface DrawnProps {
  readonly columns: ReadonlyArray<Column<unknown>>
  readonly heading: ((group: string) => ReactNode) | undefined
  readonly markOf: ((row: unknown) => string | undefined) | undefined
  readonly line: Line<unknown>
  readonly at: number
  readonly measure: (element: Element | null) => void
}

/** A line that stays the same is not made anew as one scrolls. */
const Drawn = memo(({ at, columns, heading, line, markOf, measure }: DrawnProps) =>
  "row" in line ? (
    <tr ref={measure} role="row" data-index={at} data-mark={markOf?.(line.row)} aria-rowindex={line.index + 2}>
      <Cells columns={columns} row={line.row} />
    </tr>
  ) : (
    <tr ref={measure} role="row" data-index={at} className="table-heading">
      <th role="rowheader" scope="rowgroup" colSpan={columns.length}>
        {heading?.(line.heading) ?? line.heading}
      </th>
    </tr>
  )
)

const Cells = <Row,>({ columns, row }: { readonly columns: ReadonlyArray<Column<Row>>; readonly row: Row }) =>
  columns.map((column) => (
    <td key={column.id} role="cell" data-fold={column.fold} data-title={column.title} className={classOf(column)}>
      {column.cell(row)}
    </td>
  ))

const classOf = ({ money, number }: Pick<Column<never>, "money" | "number">): string | undefined =>
  money === true ? "number amounts" : number === true ? "number" : undefined

/** The room of rows that are not drawn. */
const Space = ({ height }: { readonly height: number }) =>
  height > 0 ? <tr role="presentation" aria-hidden="true" className="table-space" style={{ height }} /> : null

type Virtual = ReturnType<typeof useWindowVirtualizer>

/**
 * What one reads stays where it is when lines come or go above it; at the top of the table one sees what comes.
 */
const useSteadyLines = <Row,>(virtual: Virtual, lines: ReadonlyArray<Line<Row>>, margin: number): void => {
  const anchor = useRef<{ readonly lines: unknown; readonly key: string; readonly start: number } | null>(null)
  useLayoutEffect(() => {
    const before = anchor.current
    const offset = window.scrollY
    if (before !== null && before.lines !== lines && offset > margin + rowHeight) {
      const index = lines.findIndex(({ key }) => key === before.key)
      const start = virtual.measurementsCache[index]?.start
      if (start !== undefined && start !== before.start)
        window.scrollBy({ top: start - before.start, behavior: "instant" })
    }
    const first = virtual.getVirtualItems().find(({ end }) => end > window.scrollY)
    anchor.current = first === undefined ? null : { lines, key: String(first.key), start: first.start }
  })
}

/** Steps through the rows by keys; Enter does what it does on the link that is reached. */
const useSteps = <Row,>(
  lines: ReadonlyArray<Line<Row>>,
  body: React.RefObject<HTMLTableSectionElement | null>,
  scrollTo: (index: number) => void
): void => {
  const tell = useTexts()
  const now = useRef({ lines, scrollTo })
  useEffect(() => {
    now.current = { lines, scrollTo }
  })
  const commands = useMemo(() => {
    const here = () =>
      Number((document.activeElement?.closest("tr[data-index]") as HTMLElement | null)?.dataset["index"] ?? -1)
    const step = (by: 1 | -1) => {
      const { lines: all, scrollTo: to } = now.current
      let index = here() + by
      while (index >= 0 && index < all.length && "heading" in all[index]!) index += by
      if (index < 0 || index >= all.length) return
      to(index)
      requestAnimationFrame(() =>
        body.current
          ?.querySelector<HTMLElement>(`tr[data-index="${index}"] :is(a, button)`)
          ?.focus({ preventScroll: true })
      )
    }
    return [
      { id: "row-next", title: tell("table.next"), keys: "j", repeats: true, run: () => step(1) },
      { id: "row-previous", title: tell("table.previous"), keys: "k", repeats: true, run: () => step(-1) }
    ]
  }, [body, tell])
  useCommands(commands)
}

/** Whether what is drawn goes on paper. */
const usePrinting = (): boolean => {
  const [printing, setPrinting] = useState(false)
  useEffect(() => {
    const begin = () => flushSync(() => setPrinting(true))
    const end = () => setPrinting(false)
    window.addEventListener("beforeprint", begin)
    window.addEventListener("afterprint", end)
    return () => {
      window.removeEventListener("beforeprint", begin)
      window.removeEventListener("afterprint", end)
    }
  }, [])
  return printing
}
