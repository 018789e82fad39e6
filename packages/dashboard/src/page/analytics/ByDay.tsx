import { useMemo } from "react"
import { Link } from "../address/Link.tsx"
import { taskPath } from "../address/paths.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { Day } from "../ui/Day.tsx"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import { type Column, Table } from "../ui/Table.tsx"
import type { DayRow } from "./days.ts"

type Columns = ReadonlyArray<Column<DayRow>>

const booksOf = (tell: Tell, formats: ReturnType<typeof useFormats>): Columns => [
  {
    id: "day",
    title: tell("analytics.day"),
    width: "280px",
    fold: "title",
    cell: ({ open, period }) => (
      <>
        <Link to={`/periods/${period}`}>
          <Day period={period} />
        </Link>
        {open && <span className="analytics-open">{tell("analytics.open")}</span>}
      </>
    )
  },
  {
    id: "earnings",
    title: tell("analytics.earnings.short"),
    width: "140px",
    money: true,
    fold: "value",
    cell: ({ earnings, period }) => (
      <Link to="/audit" query={{ from: period, to: period }}>
        <Money value={earnings} signed judged />
      </Link>
    )
  },
  {
    id: "created",
    title: tell("analytics.created"),
    width: "100px",
    number: true,
    fold: "pair",
    cell: ({ created }) => formats.count(created)
  },
  {
    id: "done",
    title: tell("analytics.done"),
    width: "100px",
    number: true,
    fold: "pair",
    cell: ({ done, period }) => (
      <Link to="/audit" query={{ from: period, to: period, kind: "award" }}>
        {formats.count(done)}
      </Link>
    )
  },
  {
    id: "red",
    title: tell("analytics.red.short"),
    width: "120px",
    number: true,
    fold: "pair",
    cell: ({ inTheRed, period }) => (
      <Link to={`/periods/${period}`} query={{ show: "red" }}>
        {formats.count(inTheRed)}
      </Link>
    )
  }
]

const topOf = (tell: Tell): Columns => [
  {
    id: "top",
    title: tell("analytics.top"),
    fold: "note",
    cell: ({ topTask }) =>
      topTask === null ? (
        <span className="soft">–</span>
      ) : (
        <Link to={taskPath(topTask.id)}>
          <bdi>{topTask.title}</bdi>
        </Link>
      )
  },
  {
    id: "award",
    title: tell("analytics.award"),
    width: "120px",
    money: true,
    fold: "side",
    cell: ({ topTask }) => (topTask === null ? "" : <Money value={topTask.total} />)
  }
]

/** The days in numbers, newest first, each with its top task. */
export const ByDay = ({ rows }: { readonly rows: ReadonlyArray<DayRow> }) => {
  const tell = useTexts()
  const formats = useFormats()
  const newest = useMemo(() => rows.toReversed(), [rows])
  const columns = [...booksOf(tell, formats), ...topOf(tell)]
  return (
    <section className="analytics-days" aria-labelledby="by-day">
      <h2 id="by-day">{tell("analytics.byDay")}</h2>
      <Table label={tell("analytics.byDay")} columns={columns} rows={newest} keyOf={({ period }) => period} />
    </section>
  )
}
