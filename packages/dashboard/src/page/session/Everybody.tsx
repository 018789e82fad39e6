import { useEffect, useState } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Face } from "../ui/Face.tsx"
import { rolesText } from "../ui/roles.ts"
import { become, server } from "./development.ts"
import type { Me } from "./me.ts"

/** Everybody of a development server, to become one of them. */
export const Everybody = () => {
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
