import { useMemo } from "react"
import { Link } from "../address/Link.tsx"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { Moment } from "../ui/Day.tsx"
import { useFormats } from "../ui/formats.ts"
import { nameOf } from "./names.ts"
import { stateOf, type Stream } from "./streams.ts"

/** Who follows whom, how far they are, and how they are. */
export const Streams = ({ streams }: { readonly streams: ReadonlyArray<Stream> }) => {
  const tell = useTexts()
  const formats = useFormats()
  const words = useMemo(() => statesOf(tell), [tell])
  return (
    <section className="operator-card" aria-labelledby="streams">
      <h2 id="streams">{tell("operator.streams")}</h2>
      <table className="operator-streams">
        <thead>
          <tr>
            <th scope="col">{tell("operator.consumer")}</th>
            <th scope="col">{tell("operator.state")}</th>
            <th scope="col" className="number">
              {tell("operator.at")}
            </th>
            <th scope="col" className="number">
              {tell("operator.behind")}
            </th>
          </tr>
        </thead>
        <tbody>
          {streams.map((stream) => (
            <tr key={stream.consumer} data-state={stateOf(stream)}>
              <th scope="row">
                {nameOf(tell, stream)} <code className="soft small">{stream.consumer}</code>
              </th>
              <td>
                <span className="operator-state" data-state={stateOf(stream)}>
                  {words[stateOf(stream)]}
                </span>
                {stream.failing !== null && (
                  <span className="operator-failing small">
                    {tell("operator.failing.since", { attempts: stream.failing.attempts })}{" "}
                    <Moment at={stream.failing.since} />: {stream.failing.message}
                  </span>
                )}
              </td>
              <td className="number" data-title={tell("operator.at")}>
                <Link to="/people" query={{ view: "log", source: stream.source === "users" ? "" : stream.source }}>
                  {formats.count(stream.number)}
                </Link>
              </td>
              <td className="number" data-title={tell("operator.behind")}>
                {formats.count(stream.behind)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const statesOf = (tell: Tell) => ({
  well: tell("operator.state.well"),
  behind: tell("operator.state.behind"),
  ahead: tell("operator.state.ahead"),
  failing: tell("operator.state.failing"),
  stopped: tell("operator.state.stopped")
})
