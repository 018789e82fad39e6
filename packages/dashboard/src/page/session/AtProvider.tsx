/**
 * Signing in with the company's account, and what one can do where that did not lead in.
 */
import { useState } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { type AtProvider as Setting, config } from "./config.ts"
import { signInThere, tryAgain, whoIsThere } from "./oidc/oidc.ts"
import type { Why } from "./session.ts"

/** The provider knows them, popug does not let them in. */
const lockedOut: ReadonlySet<Why> = new Set(["unknown", "deactivated", "untaken"])
/** Nothing was said about them. */
const unheard: ReadonlySet<Why> = new Set(["unreachable", "provider"])

const AtProvider = ({ why }: { readonly why: Why }) => {
  const tell = useTexts()
  const [isGoing, setGoing] = useState(false)
  const going = (go: () => Promise<void>) => () => {
    setGoing(true)
    void go().finally(() => setGoing(false))
  }
  const there = going(() => signInThere())
  const again = going(tryAgain)
  const { host } = new URL((config.signIn as Setting).issuer)
  if (lockedOut.has(why)) {
    return (
      <>
        <Who asked={why === "unknown"} />
        <div className="sign-in-ways">
          <Button look="primary" disabled={isGoing} onClick={going(() => signInThere("somebody else"))}>
            {tell("signIn.else")}
          </Button>
          <Button disabled={isGoing} onClick={again}>
            {tell("signIn.retry")}
          </Button>
        </div>
      </>
    )
  }
  return (
    <>
      <Button look="primary" disabled={isGoing} autoFocus onClick={unheard.has(why) ? again : there}>
        {tell(why === null ? "signIn.continue" : unheard.has(why) ? "signIn.retry" : "signIn.again")}
      </Button>
      {!unheard.has(why) && <p className="soft small">{tell("signIn.at", { host })}</p>}
    </>
  )
}

/** Whom the provider has signed in; and what an admin needs to know to let them in. */
const Who = ({ asked }: { readonly asked: boolean }) => {
  const tell = useTexts()
  const [isCopied, setCopied] = useState(false)
  const who = whoIsThere()
  if (who === undefined) return null
  const { email, issuer, name, subject } = who
  const called = [name, email].filter((word) => word !== undefined).join(", ") || subject
  const copy = () => navigator.clipboard.writeText(`${issuer}\n${subject}`).then(() => setCopied(true))
  return (
    <>
      <p className="sign-in-who">{tell("signIn.who", { name: called })}</p>
      {asked && (
        <div className="sign-in-identity">
          <p className="soft small">{tell("signIn.pass")}</p>
          <dl>
            <dt>{tell("signIn.issuer")}</dt>
            <dd>{issuer}</dd>
            <dt>{tell("signIn.subject")}</dt>
            <dd>{subject}</dd>
          </dl>
          <Button onClick={() => void copy().catch(() => undefined)}>
            {tell(isCopied ? "signIn.copied" : "signIn.copy")}
          </Button>
        </div>
      )}
    </>
  )
}

export default AtProvider
