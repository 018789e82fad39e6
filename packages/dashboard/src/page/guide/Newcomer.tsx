/**
 * On a development server: whom one can be, and how a day passes.
 */
import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { go } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { companyQuery } from "../data/company.ts"
import { wordsOf } from "../data/problems.ts"
import { queries } from "../data/queries.ts"
import { day, shortDay } from "../i18n/format.ts"
import { $language, useTexts } from "../i18n/texts.ts"
import { become, everybodyQuery, server } from "../session/development.ts"
import { hasRole, seesBooks } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Face } from "../ui/Face.tsx"
import { Icon } from "../ui/Icon.tsx"
import { notify } from "../ui/notices.tsx"
import "./guide.css"
import { rolesText } from "../ui/roles.ts"
import { cast } from "./steps.ts"

const Newcomer = () => {
  const tell = useTexts()
  const me = signedIn()
  const people = useQuery(everybodyQuery).data
  const others = cast(people ?? [])
  if (others.length === 0) return null
  return (
    <>
      {/* On a phone the strip is behind this; elsewhere it is always there. */}
      <button
        type="button"
        className="newcomer-open"
        popoverTarget="newcomer"
        aria-label={tell("guide.development")}
        title={tell("guide.development")}
      >
        <Icon name="clock" />
      </button>
      <section id="newcomer" className="newcomer" popover="auto" aria-label={tell("guide.development")}>
        <p className="small newcomer-title">{tell("guide.development")}</p>
        <ul aria-label={tell("guide.become")}>
          {others.map(({ id, name, roles }) => (
            <li key={id}>
              <button
                type="button"
                aria-pressed={id === me.id}
                onClick={() =>
                  void become(id).then(
                    () => go("/tasks"),
                    (error) => notify("refused", wordsOf(error))
                  )
                }
              >
                <Face id={id} name={name} />
                <span className="newcomer-name">{name}</span>
                <span className="newcomer-role soft">{rolesText(tell, roles)}</span>
              </button>
            </li>
          ))}
        </ul>
        <Day />
      </section>
    </>
  )
}

/** What day it is, and the next one at the press of a button: a day closes, and one sees what that brings. */
const Day = () => {
  const tell = useTexts()
  const language = useStore($language)
  const company = useQuery(companyQuery).data
  const [ended, setEnded] = useState<string | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  if (company === undefined || !company.movableClock) return null
  const pass = async () => {
    setBusy(true)
    try {
      const { period } = await server.clock({ payload: { days: 1 } })
      setEnded(company.period)
      notify("done", tell("guide.day.passed", { day: day(period, language) }))
      await queries.invalidateQueries()
    } catch (error) {
      notify("refused", wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  const look = ended === undefined ? "" : tell("guide.day.look", { day: shortDay(ended, language) })
  return (
    <div className="newcomer-day">
      <p className="small soft">{tell("guide.day", { day: shortDay(company.period, language) })}</p>
      <Button disabled={busy} onClick={() => void pass()}>
        {tell("guide.day.next")}
      </Button>
      {ended !== undefined && (
        <p className="small newcomer-ended">
          {seesBooks(signedIn()) ? (
            <Link to={`/periods/${ended}`}>{look}</Link>
          ) : (
            <Link to="/account" query={{ from: ended, to: ended }}>
              {look}
            </Link>
          )}
          {hasRole(signedIn(), "admin") && (
            <Link to="/operator" query={{ notices: "sent" }}>
              {tell("guide.day.told")}
            </Link>
          )}
        </p>
      )}
    </div>
  )
}

export default Newcomer
