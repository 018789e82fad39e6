import { useMemo } from "react"
import { useCompany } from "../data/company.ts"
import { useTexts } from "../i18n/texts.ts"
import { Chart } from "../ui/chart/Chart.tsx"
import type { Point } from "../ui/chart/ChartProps.ts"
import { useFormats } from "../ui/formats.ts"
import type { DayRow } from "./days.ts"

const usePoints = (rows: ReadonlyArray<DayRow>): ReadonlyArray<Point> => {
  const tell = useTexts()
  const formats = useFormats()
  return useMemo(
    () =>
      rows.map(({ open, period }) => ({
        name: open ? tell("analytics.soFar", { day: formats.day(period) }) : formats.day(period),
        short: formats.shortDay(period),
        unfinished: open,
        to: { path: `/periods/${period}` }
      })),
    [rows, tell, formats]
  )
}

/** What the days brought, day by day. */
export const DayCharts = ({ rows }: { readonly rows: ReadonlyArray<DayRow> }) => {
  const tell = useTexts()
  const formats = useFormats()
  const { currency, digits } = useCompany()
  const points = usePoints(rows)
  const money = (amount: bigint) => ({ amount, currency })
  const tasks = { axis: tell("analytics.day"), points, format: formats.count, short: formats.count }
  return (
    <>
      <Chart
        title={tell("analytics.earnings")}
        axis={tell("analytics.day")}
        points={points}
        series={[
          { name: tell("analytics.earnings.short"), look: "bars", values: rows.map((row) => row.earnings.amount) }
        ]}
        format={(value) => formats.signed(money(value))}
        short={(value) => formats.shortMoney(money(value))}
        unit={10n ** BigInt(digits)}
      />
      <Chart
        {...tasks}
        title={tell("analytics.tasks")}
        series={[
          { name: tell("analytics.created"), look: "dashes", values: rows.map((row) => BigInt(row.created)) },
          { name: tell("analytics.done"), look: "line", values: rows.map((row) => BigInt(row.done)) }
        ]}
      />
      <Chart
        {...tasks}
        title={tell("analytics.red")}
        series={[{ name: tell("analytics.red.short"), look: "bars", values: rows.map((row) => BigInt(row.inTheRed)) }]}
      />
    </>
  )
}
