/**
 * Has the books proved: everything is replayed from the events. It takes its time and goes on when one leaves the view.
 */
import { useStore } from "@nanostores/react"
import { useEffect, useState } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { useFormats } from "../ui/formats.ts"
import { Refused } from "../ui/Refused.tsx"
import { useTitle } from "../ui/title.ts"
import type { Verification as Result } from "./books.ts"
import { BookTabs } from "./BookTabs.tsx"
import { $verification, giveUp, verify } from "./verifying.ts"

export const Verification = () => {
  const tell = useTexts()
  useTitle(tell("audit.verification"))
  const now = useStore($verification)
  return (
    <article className="books">
      <header className="books-head">
        <h1>{tell("audit.verification")}</h1>
      </header>
      <BookTabs />
      <div className="verification">
        <p className="soft">{tell("verify.says")}</p>
        {now.at === "running" ? (
          <>
            <p role="status" className="verification-runs">
              <progress aria-label={tell("verify.running")} />
              {tell("verify.running")} <Elapsed since={now.since} />
            </p>
            <p className="soft small">{tell("verify.leave")}</p>
            <Button onClick={giveUp}>{tell("action.cancel")}</Button>
          </>
        ) : (
          <Button look="primary" onClick={() => void verify()}>
            {tell(now.at === "done" ? "verify.again" : "verify.begin")}
          </Button>
        )}
        {now.at === "failed" && <Refused>{now.why}</Refused>}
        {now.at === "done" && <Outcome result={now.result} />}
      </div>
    </article>
  )
}

/** How long it has taken by now. */
const Elapsed = ({ since }: { readonly since: number }) => {
  const tell = useTexts()
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const count = () => setSeconds(Math.round(((document.timeline.currentTime as number) - since) / 1_000))
    count()
    const counting = setInterval(count, 1_000)
    return () => clearInterval(counting)
  }, [since])
  return <span aria-hidden="true">{tell("verify.seconds", { seconds })}</span>
}

const Outcome = ({ result }: { readonly result: Result }) => {
  const tell = useTexts()
  const formats = useFormats()
  const found = result.contexts.filter(({ difference }) => difference !== null)
  const isWell = result.difference === null && found.length === 0
  return (
    <section className="outcome" data-well={isWell} role="status">
      <h2>{tell(isWell ? "verify.well" : "verify.differs")}</h2>
      <p>
        {tell("verify.counts", {
          periods: formats.count(result.periods),
          events: formats.count(result.events),
          transfers: formats.count(result.transfers)
        })}
      </p>
      {found.map(({ context, difference }) => (
        <dl key={context} className="details">
          <div>
            <dt>{tell("verify.place")}</dt>
            <dd>
              {context}: {difference?.place}
            </dd>
          </div>
          <div>
            <dt>{tell("verify.expected")}</dt>
            <dd>
              <code>{difference?.expected}</code>
            </dd>
          </div>
          <div>
            <dt>{tell("verify.found")}</dt>
            <dd>
              <code>{difference?.found}</code>
            </dd>
          </div>
        </dl>
      ))}
    </section>
  )
}
