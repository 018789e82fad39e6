/**
 * A chart of some hundred points at most: bars or lines over one axis, with what each point is under the pointer and by
 * the arrow keys, where a point leads, and the table that it is drawn from. An SVG of our own, since it is printed
 * sharply, takes the theme's colours and needs no rights of the page's policy.
 */
import { type KeyboardEvent, useId, useState } from "react"
import { useTexts } from "../../i18n/texts.ts"
import type { ChartProps } from "./ChartProps.ts"
import { ChartTable } from "./ChartTable.tsx"
import { Plot } from "./Plot.tsx"
import "./chart.css"

/** A point as it is read out. */
const said = ({ format, points, series }: ChartProps, at: number): string => {
  const values = series.map(({ name, values: all }) => {
    const value = all[at] ?? null
    return `${name} ${value === null ? "–" : format(value)}`
  })
  return `${points[at]?.name ?? ""}: ${values.join(", ")}`
}

export const Chart = (props: ChartProps) => {
  const { points, series, title } = props
  const tell = useTexts()
  const label = useId()
  const [asTable, setAsTable] = useState(false)
  return (
    <figure className="chart" aria-labelledby={label}>
      <figcaption className="chart-head">
        <h2 id={label}>{title}</h2>
        <button type="button" className="chart-toggle" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {tell("chart.table")}
        </button>
      </figcaption>
      {series.length > 1 && <Legend series={series} />}
      {points.length === 0 ? <p className="soft chart-none">{tell("chart.none")}</p> : <Drawn {...props} />}
      {points.length > 0 && <ChartTable {...props} shown={asTable} />}
    </figure>
  )
}

const Legend = ({ series }: Pick<ChartProps, "series">) => (
  <ul className="chart-legend" aria-hidden="true">
    {series.map(({ look, name }, index) => (
      <li key={name} data-series={index} data-look={look}>
        <svg width="22" height="10">
          <path d="M1 5H21" />
        </svg>
        {name}
      </li>
    ))}
  </ul>
)

const steps: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at - 1,
  PageUp: (at) => at + 7,
  PageDown: (at) => at - 7,
  Home: () => 0,
  End: (_at, last) => last
}

/** The drawing is moved along like a slider: its value is the point one is at, which is read out as one goes. */
const Drawn = (props: ChartProps) => {
  const tell = useTexts()
  const last = props.points.length - 1
  const [at, setAt] = useState<number | null>(null)
  const chosen = at === null ? null : Math.min(at, last)
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return
    const step = steps[event.key]
    if (step !== undefined) setAt(Math.max(0, Math.min(last, step(chosen ?? last, last))))
    else if (event.key === "Enter" && chosen !== null) event.currentTarget.querySelector("a")?.click()
    else if (event.key === "Escape" && chosen !== null) setAt(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      onKeyDown={onKeyDown}
      onFocus={(event) => event.target.matches("svg:focus-visible") && setAt(chosen ?? last)}
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setAt(null)}
      onPointerLeave={(event) => event.pointerType === "mouse" && setAt(null)}
    >
      <Plot
        {...props}
        at={chosen}
        onAt={setAt}
        slider={{
          "aria-label": `${props.title}. ${tell("chart.keys")}`,
          "aria-valuemax": last + 1,
          "aria-valuenow": (chosen ?? last) + 1,
          "aria-valuetext": said(props, chosen ?? last)
        }}
      />
    </div>
  )
}
