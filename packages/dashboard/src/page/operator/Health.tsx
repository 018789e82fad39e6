import { useQuery } from "@tanstack/react-query"
import { useCompany } from "../data/company.ts"
import { useTexts } from "../i18n/texts.ts"
import { health, streams } from "./queries.ts"
import { stateOf } from "./streams.ts"

/** The whole in one line: whether the server answers, whether all streams go on, and which version this is. */
export const Health = () => {
  const tell = useTexts()
  const { version } = useCompany()
  const { data, error } = useQuery(health)
  const list = useQuery(streams).data
  const states = list?.map(stateOf)
  const worst =
    states === undefined
      ? "asked"
      : ((["stopped", "failing", "behind", "ahead"] as const).find((one) => states.includes(one)) ?? "well")
  const ready = data === undefined ? (error === null ? "asked" : "down") : data.refusal === null ? "ready" : "unready"
  return (
    <dl className="operator-health">
      <div data-state={ready === "ready" ? "well" : ready === "asked" ? "asked" : "stopped"}>
        <dt>{tell("operator.server")}</dt>
        <dd>
          {tell(`operator.server.${ready}`)}
          {data !== undefined && data.refusal !== null && <span className="soft">: {data.refusal}</span>}
        </dd>
      </div>
      <div data-state={worst}>
        <dt>{tell("operator.streams")}</dt>
        <dd>{worst === "asked" ? "…" : tell(`operator.all.${worst}`)}</dd>
      </div>
      <div>
        <dt>{tell("operator.version")}</dt>
        <dd>{version}</dd>
      </div>
    </dl>
  )
}
