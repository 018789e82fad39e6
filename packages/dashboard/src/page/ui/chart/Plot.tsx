import { type PointerEvent, type SVGProps, useEffect, useRef, useState } from "react"
import { go } from "../../address/address.ts"
import type { ChartProps, Series } from "./ChartProps.ts"
import { columnAt, labelled, lineThrough, share, ticksOf } from "./scale.ts"
import { Tip } from "./Tip.tsx"

const height = 220
const foot = 24
const head = 10

interface Props extends ChartProps {
  /** The point that is looked at. */
  readonly at: number | null
  readonly onAt: (at: number | null) => void
  /** What the drawing says of itself as a slider. */
  readonly slider: SVGProps<SVGSVGElement>
}

/** Where things of the drawing are, in pixels. */
export interface Frame {
  readonly left: number
  readonly width: number
  readonly ticks: ReadonlyArray<bigint>
  readonly across: (column: number) => number
  readonly up: (value: bigint) => number
}

const frameOf = ({ points, series, short, unit = 1n }: ChartProps, whole: number): Frame => {
  const ticks = ticksOf(
    series.flatMap(({ values }) => values),
    unit
  )
  const left = 12 + Math.max(...ticks.map((tick) => short(tick).length)) * 6.6
  const width = Math.max(1, whole - left - 6)
  return {
    left,
    width,
    ticks,
    across: (column) => left + ((column + 0.5) / points.length) * width,
    up: (value) => head + (1 - share(value, ticks)) * (height - foot - head)
  }
}

/** The width that there is, and that there will be after the window's or the text's size has changed. */
const useWidth = () => {
  const element = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)))
    if (element.current !== null) watch.observe(element.current)
    return () => watch.disconnect()
  }, [])
  return { element, width }
}

export const Plot = (props: Props) => {
  const { at, onAt, points, series, slider } = props
  const { element, width } = useWidth()
  const frame = frameOf(props, width)
  const columnOf = (event: PointerEvent<HTMLElement>): number =>
    columnAt(event.clientX - event.currentTarget.getBoundingClientRect().left - frame.left, points.length, frame.width)
  const open = (event: PointerEvent<HTMLElement>) => {
    const to = points[columnOf(event)]?.to
    // A finger has nothing to point with before it touches: it is shown the point, with the link that leads on.
    if (event.pointerType !== "mouse") onAt(columnOf(event))
    else if (to !== undefined && event.button === 0) go(to.path, to.query)
  }
  return (
    <div
      ref={element}
      className="chart-canvas"
      data-leads={points[at ?? 0]?.to !== undefined || undefined}
      onPointerMove={(event) => event.pointerType === "mouse" && onAt(columnOf(event))}
      onPointerUp={open}
    >
      {width > 0 && (
        // The link that is shown beside a point is no part of the slider, which can hold nothing that is pressed.
        <svg viewBox={`0 0 ${width} ${height}`} role="slider" tabIndex={0} aria-valuemin={1} {...slider}>
          <Axes {...props} frame={frame} />
          {at !== null && (
            <rect
              className="chart-here"
              x={frame.across(at) - Math.max(3, frame.width / points.length) / 2}
              y={head}
              width={Math.max(3, frame.width / points.length)}
              height={height - foot - head}
            />
          )}
          {series.map((one, index) => (
            <g key={one.name} data-series={index} data-look={one.look}>
              <Drawing series={one} points={points} frame={frame} at={at} />
            </g>
          ))}
          <path className="chart-zero" d={`M${frame.left} ${frame.up(0n).toFixed(1)}h${frame.width}`} />
        </svg>
      )}
      {at !== null && width > 0 && <Tip {...props} at={at} across={frame.across(at)} width={width} />}
    </div>
  )
}

const Axes = ({ frame, points, short }: Props & { readonly frame: Frame }) => {
  const named = labelled(points.length, frame.width, Math.max(...points.map((point) => point.short.length)) * 6.2 + 16)
  return (
    <g className="chart-axes">
      {frame.ticks.map((tick) => (
        <g key={String(tick)}>
          <path d={`M${frame.left} ${frame.up(tick).toFixed(1)}h${frame.width}`} />
          <text x={frame.left - 8} y={frame.up(tick) + 4} textAnchor="end">
            {short(tick)}
          </text>
        </g>
      ))}
      {points.map((point, column) =>
        named.has(column) ? (
          <text
            key={point.name}
            x={Math.min(frame.across(column), frame.left + frame.width - point.short.length * 3)}
            y={height - 6}
            textAnchor="middle"
          >
            {point.short}
          </text>
        ) : null
      )}
    </g>
  )
}

const Drawing = ({
  at,
  frame: { across, up, width },
  points,
  series: { look, values }
}: {
  readonly series: Series
  readonly points: ChartProps["points"]
  readonly frame: Frame
  readonly at: number | null
}) => {
  const room = width / values.length
  // Bars that are too thin to tell apart are a line.
  if (look === "bars" && room >= 3) return <Bars values={values} points={points} across={across} up={up} thick={room} />
  const drawn = values.map((value, column) => (points[column]?.unfinished === true ? null : value))
  return (
    <>
      <path className="chart-line" d={lineThrough(drawn, across, up)} />
      {values.map((value, column) => {
        const unfinished = points[column]?.unfinished === true
        const alone = values.length === 1
        if (value === null || !(column === at || unfinished || alone)) return null
        return (
          <circle
            // oxlint-disable-next-line react/no-array-index-key
            key={column}
            cx={across(column)}
            cy={up(value)}
            r="4.5"
            data-unfinished={unfinished || undefined}
          />
        )
      })}
    </>
  )
}

interface BarsProps extends Pick<Frame, "across" | "up"> {
  readonly values: Series["values"]
  readonly points: ChartProps["points"]
  readonly thick: number
}

const Bars = ({ across, points, thick, up, values }: BarsProps) => {
  const wide = Math.min(34, Math.max(1.5, thick * 0.68))
  const zero = up(0n)
  return values.map((value, column) => {
    if (value === null || value === 0n) return null
    const tip = up(value)
    const round = Math.min(3, wide / 2, Math.abs(zero - tip))
    const x = across(column) - wide / 2
    const inner = Math.abs(zero - tip) - round
    const way = value < 0n ? 1 : -1
    return (
      <path
        // oxlint-disable-next-line react/no-array-index-key
        key={column}
        className="chart-bar"
        data-below={value < 0n || points[column]?.debt || undefined}
        data-unfinished={points[column]?.unfinished || undefined}
        d={
          `M${x} ${zero}v${way * inner}q0 ${way * round} ${round} ${way * round}h${wide - 2 * round}` +
          `q${round} 0 ${round} ${-way * round}v${-way * inner}z`
        }
      />
    )
  })
}
