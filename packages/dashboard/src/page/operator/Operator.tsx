/**
 * How the company's machinery is: for admins, by day and by night.
 */
import { useQuery } from "@tanstack/react-query"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Health } from "./Health.tsx"
import { Notices } from "./Notices.tsx"
import { streams } from "./queries.ts"
import { StoppedStream } from "./StoppedStream.tsx"
import { Streams } from "./Streams.tsx"
import "./operator.css"

const Operator = () => {
  const tell = useTexts()
  const all = useQuery(streams)
  return (
    <section className="operator">
      <header className="operator-head">
        <h1>{tell("nav.operator")}</h1>
        <Health />
      </header>
      <Answer to={all}>
        {(list) => (
          <>
            {list.map((stream) =>
              stream.stopped === null ? null : (
                <StoppedStream key={stream.consumer} stream={stream} stopped={stream.stopped} />
              )
            )}
            <Streams streams={list} />
          </>
        )}
      </Answer>
      <Notices />
    </section>
  )
}

export default Operator
