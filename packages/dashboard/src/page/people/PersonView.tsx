import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { $address, filter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { accountPath } from "../address/paths.ts"
import { personQuery } from "../data/people.ts"
import { useTexts } from "../i18n/texts.ts"
import { hasRole, seesBooks, seesTasks } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
import { Answer } from "../ui/Answer.tsx"
import { Button } from "../ui/Button.tsx"
import { Face } from "../ui/Face.tsx"
import { notify } from "../ui/notices.tsx"
import { rolesText } from "../ui/roles.ts"
import { useTitle } from "../ui/title.ts"
import { Deactivate } from "./Deactivate.tsx"
import { EditPerson } from "./EditPerson.tsx"
import { Identities } from "./Identities.tsx"
import { changeUser, openTasks, type User } from "./users.ts"

/** One person: what they are, what they hold, and what can be changed about them. */
export const PersonView = ({ id }: { readonly id: string }) => {
  const tell = useTexts()
  const found = useQuery(personQuery(id))
  useTitle(found.data?.body.name)
  return (
    <section className="people">
      <p className="people-back">
        <Link to="/people">← {tell("people.everybody")}</Link>
      </p>
      <Answer to={found}>{(got) => (got === null ? null : <Known user={got.body} />)}</Answer>
    </section>
  )
}

const Known = ({ user: known }: { readonly user: User }) => {
  const tell = useTexts()
  const { id, name, roles, status } = known
  const me = signedIn()
  const mayChange = hasRole(me, "admin")
  const asked = useStore($address).query.get("ask")
  const setAsked = (what: "edit" | "deactivate" | undefined) => filter({ ask: what })
  const close = () => setAsked(undefined)
  return (
    <>
      <header className="people-one">
        <Face id={id} name={name} />
        <h1>
          <bdi>{name}</bdi>
        </h1>
        {status === "deactivated" && <span className="people-gone">{tell("people.deactivated")}</span>}
        {mayChange && (
          <div className="people-actions">
            <Button onClick={() => setAsked("edit")}>{tell("people.edit")}</Button>
            {status === "active" ? (
              <Button onClick={() => setAsked("deactivate")}>{tell("people.deactivate")}</Button>
            ) : (
              <Button
                onClick={async () =>
                  (await changeUser(id, { status: "active" })) && notify("done", tell("people.reactivated", { name }))
                }
              >
                {tell("people.reactivate")}
              </Button>
            )}
          </div>
        )}
      </header>
      <dl className="people-facts">
        <div>
          <dt>{tell("people.roles")}</dt>
          <dd>{rolesText(tell, roles)}</dd>
        </div>
        {seesTasks(me) && <Held id={id} />}
        {seesBooks(me) && (
          <div>
            <dt>{tell("people.account")}</dt>
            <dd>
              <Link to={accountPath(id)}>{tell("people.account.open")}</Link>
            </dd>
          </div>
        )}
        <div>
          <dt>{tell("people.log")}</dt>
          <dd>
            <Link to="/people" query={{ view: "log", actor: id }}>
              {tell("people.log.open")}
            </Link>
          </dd>
        </div>
        <div>
          <dt>{tell("people.id")}</dt>
          <dd>
            <code>{id}</code>
          </dd>
        </div>
      </dl>
      {mayChange && <Identities user={known} />}
      {mayChange && <EditPerson user={known} open={asked === "edit"} onClose={close} />}
      {mayChange && <Deactivate user={known} open={asked === "deactivate"} onClose={close} />}
    </>
  )
}

/** The open tasks that somebody holds. */
const Held = ({ id }: { readonly id: string }) => {
  const tell = useTexts()
  const { data } = useQuery(openTasks(id))
  return (
    <div>
      <dt>{tell("people.tasks")}</dt>
      <dd>
        <Link to="/tasks" query={{ who: id }}>
          {data === undefined
            ? "…"
            : tell(data.more ? "people.tasks.more" : "people.tasks.count", { count: data.count })}
        </Link>
      </dd>
    </div>
  )
}
