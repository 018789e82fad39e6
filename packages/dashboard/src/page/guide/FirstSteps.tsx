/**
 * A company where nothing has happened yet says what to do next.
 */
import { filter as setFilter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { usePeople } from "../data/people.ts"
import { useTexts } from "../i18n/texts.ts"
import { getsTasks, seesPeople } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Logo } from "../ui/Logo.tsx"
import "./guide.css"
import { type Step, stepsOf } from "./steps.ts"

const FirstSteps = () => {
  const tell = useTexts()
  const me = signedIn()
  const people = usePeople()
  const workers = people.filter((person) => person.status === "active" && getsTasks(person)).length
  const steps = stepsOf({ roles: me.roles, workers: seesPeople(me) && people.length > 0 ? workers : undefined })
  return (
    <div className="first">
      <Logo size={44} />
      <h2>{tell("guide.title")}</h2>
      <ol>
        {steps.map((step, index) => (
          <li key={step}>
            <div>
              <h3>{tell(`guide.${step}`)}</h3>
              <p className="soft">{tell(`guide.${step}.text`)}</p>
            </div>
            <Lead step={step} isNext={index === 0} />
          </li>
        ))}
      </ol>
    </div>
  )
}

/** Where a step is done. */
const Lead = ({ isNext, step }: { readonly step: Step; readonly isNext: boolean }) => {
  const tell = useTexts()
  const look = isNext ? "primary" : "usual"
  switch (step) {
    case "people":
      return (
        <Link to="/people" className="button" data-look={look}>
          {tell("nav.people")}
        </Link>
      )
    case "tasks":
      return (
        <span className="first-leads">
          <Button look={look} onClick={() => setFilter({ new: "one" })}>
            {tell("tasks.new")}
          </Button>
          <Button onClick={() => setFilter({ new: "many" })}>{tell("guide.many")}</Button>
        </span>
      )
    case "wait":
      return <Button onClick={() => setFilter({ new: "one" })}>{tell("tasks.new")}</Button>
    case "books":
      return (
        <Link to="/periods" className="button">
          {tell("nav.periods")}
        </Link>
      )
  }
}

export default FirstSteps
