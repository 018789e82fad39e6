/**
 * What the days bring: for admins.
 */
import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { $address } from "../address/address.ts"
import { useCompany } from "../data/company.ts"
import { preview } from "../data/today.ts"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { ByDay } from "./ByDay.tsx"
import { DayCharts } from "./DayCharts.tsx"
import { dayRows } from "./days.ts"
import { Distribution } from "./Distribution.tsx"
import { reports } from "./queries.ts"
import { rangeOf } from "./range.ts"
import { RangeChoice } from "./RangeChoice.tsx"
import { Today } from "./Today.tsx"
import "./analytics.css"
import { TopTask } from "./TopTask.tsx"

const Analytics = () => {
  const tell = useTexts()
  const company = useCompany()
  const { query } = useStore($address)
  const range = rangeOf(query, company.period)
  const daily = useQuery(reports(range))
  const now = useQuery(preview)
  const { from, to } = range
  const rows = useMemo(() => dayRows(daily.data ?? [], now.data, { from, to }), [daily.data, now.data, from, to])
  return (
    <section className="analytics">
      <header className="analytics-head">
        <h1>{tell("nav.analytics")}</h1>
        <RangeChoice range={range} today={company.period} />
      </header>
      <div className="analytics-today">
        <Answer to={now}>{(today) => <Today preview={today} />}</Answer>
      </div>
      <Answer to={daily}>
        {() => (
          <div className="analytics-charts" aria-busy={daily.isPlaceholderData || undefined}>
            <DayCharts rows={rows} />
            <Distribution />
            <TopTask range={range} today={company.period} />
          </div>
        )}
      </Answer>
      {daily.data !== undefined && <ByDay rows={rows} />}
    </section>
  )
}

export default Analytics
