import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { $address, filter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { useCommands } from "../commands/commands.ts"
import { peopleQuery, type Person } from "../data/people.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { hasRole, signedIn } from "../session/session.ts"
import { Answer } from "../ui/Answer.tsx"
import { Button } from "../ui/Button.tsx"
import { Choice } from "../ui/Choice.tsx"
import { Face } from "../ui/Face.tsx"
import { Icon } from "../ui/Icon.tsx"
import { rolesText, roleText } from "../ui/roles.ts"
import { type Column, Table } from "../ui/Table.tsx"
import { Create } from "./Create.tsx"
import { PeopleHead } from "./PeopleHead.tsx"
import { peopleIn, rolesOf, type Shown, shownOf } from "./shown.ts"

/** Who there is, by role and status, and by any part of a name. */
export const Everybody = () => {
  const tell = useTexts()
  const { query } = useStore($address)
  const shown = shownOf(query)
  const mayChange = hasRole(signedIn(), "admin")
  // In the address, as what is typed is in a draft: a session that has to begin again comes back to both.
  const creating = query.get("new")
  const setCreating = (how: "one" | "many" | null) => filter({ new: how ?? undefined })
  const loaded = useQuery(peopleQuery)
  useCommands(
    useMemo(
      () =>
        mayChange
          ? [
              { id: "person-new", title: tell("people.new"), keys: "c", run: () => filter({ new: "one" }) },
              { id: "people-new", title: tell("people.new.many"), run: () => filter({ new: "many" }) }
            ]
          : [],
      [mayChange, tell]
    )
  )
  return (
    <section className="people">
      <PeopleHead view="">
        {mayChange && (
          <>
            <Button onClick={() => setCreating("many")}>{tell("people.new.many")}</Button>
            <Button look="primary" onClick={() => setCreating("one")}>
              <Icon name="plus" />
              {tell("people.new")}
            </Button>
          </>
        )}
      </PeopleHead>
      <Answer to={loaded} shape="rows">
        {({ people }) => <List people={people} shown={shown} />}
      </Answer>
      {mayChange && (
        <Create
          how={creating === "one" || creating === "many" ? creating : null}
          change={setCreating}
          known={rolesOf(loaded.data?.people ?? [])}
        />
      )}
    </section>
  )
}

const List = ({ people, shown }: { readonly people: ReadonlyArray<Person>; readonly shown: Shown }) => {
  const tell = useTexts()
  const columns = useMemo(() => columnsOf(tell), [tell])
  const { role, search, status } = shown
  const rows = useMemo(() => peopleIn(people, { role, search, status }), [people, role, search, status])
  return (
    <>
      <div className="people-filters not-on-paper">
        <Choice
          label={tell("people.status")}
          name="status"
          value={status === "active" ? "" : status}
          options={[
            ["", tell("people.active")],
            ["deactivated", tell("people.deactivated")],
            ["all", tell("people.all")]
          ]}
        />
        <select
          className="field"
          aria-label={tell("people.role")}
          value={role}
          onChange={({ target: { value } }) => filter({ role: value })}
        >
          <option value="">{tell("people.role.any")}</option>
          {rolesOf(people).map((one) => (
            <option key={one} value={one}>
              {roleText(tell, one)}
            </option>
          ))}
        </select>
        <input
          type="search"
          className="field"
          aria-label={tell("people.search")}
          placeholder={tell("people.search")}
          value={search}
          onChange={({ target: { value } }) => filter({ q: value })}
        />
        <span role="status" className="soft small">
          {tell("people.count", { count: rows.length })}
        </span>
      </div>
      {rows.length === 0 ? (
        <p className="table-empty soft">{tell("people.none")}</p>
      ) : (
        <Table label={tell("nav.people")} columns={columns} rows={rows} keyOf={keyOf} />
      )}
    </>
  )
}

const keyOf = ({ id }: Person): string => id

const columnsOf = (tell: Tell): ReadonlyArray<Column<Person>> => [
  {
    id: "name",
    title: tell("people.name"),
    fold: "title",
    cell: ({ id, name, status }) => (
      <Link
        to={`/people/${encodeURIComponent(id)}`}
        className="people-name"
        data-gone={status !== "active" || undefined}
      >
        <Face id={id} name={name} />
        <bdi>{name}</bdi>
      </Link>
    )
  },
  { id: "roles", title: tell("people.roles"), fold: "note", cell: ({ roles }) => rolesText(tell, roles) },
  {
    id: "status",
    title: tell("people.status"),
    width: "150px",
    fold: "value",
    cell: ({ status }) =>
      status === "active" ? (
        <span className="soft">{tell("people.active")}</span>
      ) : (
        <span className="people-gone">{tell("people.deactivated")}</span>
      )
  },
  {
    id: "id",
    title: tell("people.id"),
    width: "280px",
    fold: "gone",
    cell: ({ id }) => <code className="soft">{id}</code>
  }
]
