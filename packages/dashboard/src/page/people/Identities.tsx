import { type FormEvent, useState } from "react"
import { useDraft } from "../data/drafts.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { changeUser, type Identity, told, type User } from "./users.ts"

/** So many identities a person may have. */
const atMost = 10

/** Who somebody is to identity providers: what their tokens say, to the letter. */
export const Identities = ({ user: { id, identities = [], name } }: { readonly user: User }) => {
  const tell = useTexts()
  const [{ issuer, subject }, write, forget] = useDraft(`identity.${id}`, { issuer: "", subject: "" })
  const save = async (all: ReadonlyArray<Identity>): Promise<boolean> => {
    const isDone = await changeUser(id, { identities: all })
    if (isDone) told(name)
    return isDone
  }
  const [isBusy, setBusy] = useState(false)
  const add = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    if (await save([...identities, { issuer: issuer.trim(), subject }])) forget()
    setBusy(false)
  }
  return (
    <section className="people-identities" aria-labelledby="identities">
      <h2 id="identities">{tell("people.identities")}</h2>
      <p className="soft">{tell("people.identities.what")}</p>
      <ul>
        {identities.map((identity) => (
          <li key={JSON.stringify([identity.issuer, identity.subject])}>
            <span>
              <code>{identity.issuer}</code>
              <code>{identity.subject}</code>
            </span>
            <Button
              look="plain"
              aria-label={tell("people.identities.remove", { subject: identity.subject })}
              onClick={() => void save(identities.filter((one) => one !== identity))}
            >
              ×
            </Button>
          </li>
        ))}
      </ul>
      {identities.length < atMost && (
        <form onSubmit={(event) => void add(event)}>
          <label>
            {tell("people.issuer")}
            <input
              className="field"
              required
              maxLength={500}
              placeholder="https://login.example.com"
              value={issuer}
              onChange={({ target: { value } }) => write({ issuer: value })}
            />
          </label>
          <label>
            {tell("people.subject")}
            <input
              className="field"
              required
              maxLength={255}
              value={subject}
              onChange={({ target: { value } }) => write({ subject: value })}
            />
          </label>
          <Button type="submit" disabled={isBusy || issuer.trim() === "" || subject === ""}>
            {tell("people.identities.add")}
          </Button>
        </form>
      )}
    </section>
  )
}
