import { Link } from "../../address/Link.tsx"
import type { ChartProps } from "./ChartProps.ts"

/**
 * What a chart is drawn from, newest first. It is there for those who read it aloud even when it is not shown; links
 * that nobody sees would catch the focus, so it has them only when it is.
 */
export const ChartTable = ({
  axis,
  format,
  points,
  series,
  shown,
  title
}: ChartProps & { readonly shown: boolean }) => (
  <div className={shown ? "chart-table" : "unseen"} tabIndex={shown ? 0 : undefined} role="group" aria-label={title}>
    <table>
      <thead>
        <tr>
          <th scope="col">{axis}</th>
          {series.map(({ name }) => (
            <th key={name} scope="col" className="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points
          .map(({ name, to }, at) => (
            <tr key={name}>
              <th scope="row">
                {shown && to !== undefined ? (
                  <Link to={to.path} query={to.query ?? {}}>
                    {name}
                  </Link>
                ) : (
                  name
                )}
              </th>
              {series.map(({ name: of, values }) => {
                const value = values[at] ?? null
                return (
                  <td key={of} className="number" data-below={(value ?? 0n) < 0n || undefined}>
                    {value === null ? "–" : format(value)}
                  </td>
                )
              })}
            </tr>
          ))
          .toReversed()}
      </tbody>
    </table>
  </div>
)
