import { HttpError } from "@popug/http/promises"
import { useQuery } from "@tanstack/react-query"
import { wordsOf } from "../data/problems.ts"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Face } from "../ui/Face.tsx"
import { notify } from "../ui/notices.tsx"
import { rolesText } from "../ui/roles.ts"
import { become, everybodyQuery } from "./development.ts"

/** Everybody of a development server, to become one of them. */
export const Everybody = () => {
  const tell = useTexts()
  const asked = useQuery(everybodyQuery)
  // Of a server of many: what the address names is nothing there.
  if (asked.error instanceof HttpError && asked.error.status === 404) {
    return <p role="alert">{tell("signIn.nowhere")}</p>
  }
  return (
    <>
      <p className="soft">{tell("signIn.development")}</p>
      <Answer to={asked} shape="rows">
        {(people) => (
          <ul className="sign-in-people">
            {people.map(({ id, name, roles }) => (
              <li key={id}>
                <button
                  type="button"
                  onClick={() => void become(id).catch((error) => notify("refused", wordsOf(error)))}
                >
                  <Face id={id} name={name} />
                  <span>{name}</span>
                  <span className="soft small">{rolesText(tell, roles)}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </>
  )
}
