import { type FormEvent, useState } from "react"
import { usePeople } from "../data/people.ts"
import { useTexts } from "../i18n/texts.ts"
import { signedIn } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { Roles } from "./Roles.tsx"
import { rolesOf } from "./shown.ts"
import { changeUser, told, type User } from "./users.ts"

interface Props {
  readonly user: User
  readonly open: boolean
  readonly onClose: () => void
}

/** What somebody is called, and what they are. */
export const EditPerson = ({ onClose, open, user }: Props) => {
  const tell = useTexts()
  return (
    <Dialog title={tell("people.edit.title", { name: user.name })} open={open} onClose={onClose}>
      <Form user={user} onClose={onClose} />
    </Dialog>
  )
}

const holds = (roles: ReadonlyArray<string>): boolean => !roles.includes("manager") && !roles.includes("admin")

const Form = ({ onClose, user }: Omit<Props, "open">) => {
  const tell = useTexts()
  const people = usePeople()
  const [name, setName] = useState(user.name)
  const [roles, setRoles] = useState(user.roles)
  const isSame = name.trim() === user.name && roles.toSorted().join() === user.roles.toSorted().join()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    onClose()
    const change = {
      ...(name.trim() === user.name ? {} : { name: name.trim() }),
      ...(roles === user.roles ? {} : { roles })
    }
    if (await changeUser(user.id, change)) told(name.trim())
  }
  return (
    <form onSubmit={(event) => void save(event)}>
      <label>
        {tell("people.name")}
        <input
          className="field"
          required
          maxLength={200}
          value={name}
          onChange={({ target: { value } }) => setName(value)}
        />
      </label>
      <Roles known={rolesOf(people)} roles={roles} onChange={setRoles} />
      {holds(user.roles) && !holds(roles) && <p className="people-warning">{tell("people.promoted")}</p>}
      {user.id === signedIn().id && user.roles.includes("admin") && !roles.includes("admin") && (
        <p className="people-warning">{tell("people.self.roles")}</p>
      )}
      <div className="dialog-actions">
        <Button onClick={onClose}>{tell("action.cancel")}</Button>
        <Button type="submit" look="primary" disabled={isSame || name.trim() === "" || roles.length === 0}>
          {tell("action.save")}
        </Button>
      </div>
    </form>
  )
}
