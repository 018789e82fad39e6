import { Link } from "../../address/Link.tsx"
import type { ChartProps } from "./ChartProps.ts"

interface Props extends ChartProps {
  readonly at: number
  readonly across: number
  readonly width: number
}

/** What the point is that one looks at, beside it on the side that has more room. */
export const Tip = ({ across, at, format, points, series, width }: Props) => {
  const point = points[at]
  if (point === undefined) return null
  const side = across > width / 2 ? { right: width - across + 14 } : { left: across + 14 }
  return (
    // What is done in here is not about the point that happens to be below.
    <div className="chart-tip" style={side} onPointerUp={(event) => event.stopPropagation()}>
      <p>
        {point.to === undefined ? (
          point.name
        ) : (
          <Link to={point.to.path} query={point.to.query ?? {}} tabIndex={-1}>
            {point.name}
          </Link>
        )}
      </p>
      <dl>
        {series.map(({ look, name, values }, index) => {
          const value = values[at] ?? null
          return (
            <div key={name} data-series={index} data-look={look}>
              <dt>{name}</dt>
              <dd data-below={(value ?? 0n) < 0n || undefined}>{value === null ? "–" : format(value)}</dd>
            </div>
          )
        })}
      </dl>
    </div>
  )
}
