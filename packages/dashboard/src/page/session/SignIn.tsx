import { useEffect, useState } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { Face } from "../ui/Face.tsx"
import { Logo } from "../ui/Logo.tsx"
import { rolesText } from "../ui/roles.ts"
import { config } from "./config.ts"
import { become, server } from "./development.ts"
import type { Me } from "./session.ts"
import "./signIn.css"

const reasons = {
  expired: "signIn.expired",
  unknown: "signIn.unknown",
  deactivated: "signIn.deactivated",
  unreachable: "signIn.unreachable"
} as const

export const SignIn = ({ why }: { readonly why: keyof typeof reasons | null }) => {
  const tell = useTexts()
  return (
    <main className="sign-in">
      <Logo size={52} />
      <h1>{tell("signIn.title")}</h1>
      {why !== null && <p role="alert">{tell(reasons[why])}</p>}
      {config.signIn.by === "development" ? <Everybody /> : <Button look="primary">{tell("signIn.continue")}</Button>}
    </main>
  )
}

/** Everybody of a development server, to become one of them. */
const Everybody = () => {
  const tell = useTexts()
  const [people, setPeople] = useState<ReadonlyArray<Me>>([])
  useEffect(() => {
    const leaving = new AbortController()
    server
      .users({}, { signal: leaving.signal })
      .then(({ data }) => setPeople(data))
      .catch(() => undefined)
    return () => leaving.abort()
  }, [])
  return (
    <>
      <p className="soft">{tell("signIn.development")}</p>
      <ul className="sign-in-people">
        {people.map(({ id, name, roles }) => (
          <li key={id}>
            <button type="button" onClick={() => void become(id)}>
              <Face id={id} name={name} />
              <span>{name}</span>
              <span className="soft small">{rolesText(tell, roles)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
