import { useStore } from "@nanostores/react"
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { type ReactNode, useMemo } from "react"
import { $address, filter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { personPath } from "../address/paths.ts"
import { useCommands } from "../commands/commands.ts"
import { useEnough } from "../data/enough.ts"
import { useHeld } from "../data/held.ts"
import { moreOf, rowsOf } from "../data/pages.ts"
import { peopleQuery, type Person } from "../data/people.ts"
import { useSettled } from "../data/settled.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { getsTasks, hasRole } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
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
import { listOf } from "./users.ts"

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
        {({ isWhole, people }) =>
          isWhole ? <Known people={people} shown={shown} /> : <Found people={people} shown={shown} />
        }
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

interface Props {
  readonly people: ReadonlyArray<Person>
  readonly shown: Shown
}

const Filters = ({ children, people, shown }: Props & { readonly children?: ReactNode }) => {
  const tell = useTexts()
  const { role, search, status } = shown
  return (
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
      {children}
    </div>
  )
}

/** Of people who are all known, by name. */
const Known = ({ people, shown }: Props) => {
  const tell = useTexts()
  const { role, search, status } = shown
  const rows = useMemo(() => peopleIn(people, { role, search, status }), [people, role, search, status])
  return (
    <>
      <Filters people={people} shown={shown}>
        <span role="status" className="soft small">
          {tell("people.count", { count: rows.length })}
        </span>
      </Filters>
      <List rows={rows} isWhole more={undefined} />
    </>
  )
}

/** Of people who are too many to be known at once, as the server finds them, by id. */
const Found = ({ people, shown }: Props) => {
  const loaded = useInfiniteQuery(listOf({ ...shown, search: useSettled(shown.search) }))
  const { data, hasNextPage } = loaded
  const rows = useMemo(() => rowsOf(data), [data])
  useEnough(loaded, rows.length)
  return (
    <>
      <Filters people={people} shown={shown} />
      <Answer to={loaded}>{() => <List rows={rows} isWhole={!hasNextPage} more={moreOf(loaded)} />}</Answer>
    </>
  )
}

interface ListProps {
  readonly rows: ReadonlyArray<Person>
  readonly isWhole: boolean
  readonly more: (() => unknown) | undefined
}

const List = ({ isWhole, more, rows }: ListProps) => {
  const tell = useTexts()
  const held = useHeld(true)
  const columns = useMemo(() => {
    const [name, roles, ...others] = columnsOf(tell)
    return held === undefined ? [name!, roles!, ...others] : [name!, roles!, tasksOf(tell, held), ...others]
  }, [held, tell])
  if (rows.length > 0) {
    return <Table label={tell("nav.people")} columns={columns} rows={rows} keyOf={keyOf} more={more} />
  }
  return <p className="table-empty soft">{tell(isWhole ? "people.none" : "state.loading")}</p>
}

const keyOf = ({ id }: Person): string => id

/** How many open tasks somebody holds, as the way to them. */
const tasksOf = (tell: Tell, held: (id: string) => number): Column<Person> => ({
  id: "tasks",
  title: tell("people.tasks"),
  width: "140px",
  number: true,
  fold: "pair",
  cell: ({ id, roles }) =>
    (held(id) > 0 || getsTasks({ roles })) && (
      <Link to="/tasks" query={{ who: id }}>
        {tell("people.tasks.count", { count: held(id) })}
      </Link>
    )
})

const columnsOf = (tell: Tell): ReadonlyArray<Column<Person>> => [
  {
    id: "name",
    title: tell("people.name"),
    fold: "title",
    cell: ({ id, name, status }) => (
      <Link to={personPath(id)} className="people-name" data-gone={status !== "active" || undefined}>
        <Face id={id} name={name} />
        <bdi>{name}</bdi>
      </Link>
    )
  },
  { id: "roles", title: tell("people.roles"), fold: "note", cell: ({ roles }) => rolesText(tell, roles) },
  {
    id: "status",
    title: tell("people.status"),
    width: "130px",
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
    width: "180px",
    fold: "gone",
    cell: ({ id }) => <code className="soft">{id}</code>
  }
]
