import { useState } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { roleText } from "../ui/roles.ts"
import { isRole } from "./pastedPeople.ts"

interface Props {
  readonly known: ReadonlyArray<string>
  readonly roles: ReadonlyArray<string>
  readonly onChange: (roles: ReadonlyArray<string>) => void
}

/** What somebody is: one or more of the roles there are, or one of the company's own that is new. */
export const Roles = ({ known, onChange, roles }: Props) => {
  const tell = useTexts()
  const [other, setOther] = useState("")
  const all = [...known, ...roles.filter((role) => !known.includes(role))]
  const word = other.trim().toLowerCase()
  const add = () => {
    if (!isRole(word)) return
    onChange([...new Set([...roles, word])])
    setOther("")
  }
  return (
    <fieldset className="people-roles">
      <legend>{tell("people.roles")}</legend>
      <div>
        {all.map((role) => (
          <label key={role}>
            <input
              type="checkbox"
              checked={roles.includes(role)}
              onChange={({ target: { checked } }) =>
                onChange(checked ? [...roles, role] : roles.filter((one) => one !== role))
              }
            />
            {roleText(tell, role)}
          </label>
        ))}
      </div>
      <span className="people-other">
        <input
          className="field"
          aria-label={tell("people.role.other")}
          placeholder={tell("people.role.other")}
          value={other}
          maxLength={40}
          onChange={({ target: { value } }) => setOther(value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || word === "") return
            event.preventDefault()
            add()
          }}
        />
        <Button disabled={!isRole(word)} onClick={add}>
          {tell("people.role.add")}
        </Button>
      </span>
    </fieldset>
  )
}
