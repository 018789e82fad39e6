import { useStore } from "@nanostores/react"
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useCallback, useMemo } from "react"
import { $address } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { personPath } from "../address/paths.ts"
import { moreOf, rowsOf } from "../data/pages.ts"
import { peopleQuery } from "../data/people.ts"
import type { Source } from "../data/topics.ts"
import { actorOf } from "../events/actorOf.ts"
import { Said } from "../events/Said.tsx"
import { type Sentence, sentencesOf } from "../events/sentences.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { seesBooks, seesTasks } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
import { Answer } from "../ui/Answer.tsx"
import { Button } from "../ui/Button.tsx"
import { Choice } from "../ui/Choice.tsx"
import { Chosen } from "../ui/Chosen.tsx"
import { Moment } from "../ui/Day.tsx"
import { FindPerson } from "../ui/FindPerson.tsx"
import { useFormats } from "../ui/formats.ts"
import { Person } from "../ui/Person.tsx"
import { type Column, Table } from "../ui/Table.tsx"
import { PeopleHead } from "./PeopleHead.tsx"
import { type Event, log } from "./users.ts"

interface Deed {
  readonly event: Event
  readonly sentence: Sentence
}

/** Looking further back by itself ends after so many hundreds of events: somebody may have done little. */
const byItself = 15

const sourceOf = (text: string | null): Source => (text === "tasks" || text === "billing" ? text : "users")

/** Who did what, the last first. */
export const Log = () => {
  const tell = useTexts()
  const { query } = useStore($address)
  const source = sourceOf(query.get("source"))
  const actor = query.get("actor") ?? ""
  // What changed about a user is told by the event before, whoever caused that: those are all read.
  const loaded = useInfiniteQuery(log(source, source === "users" ? "" : actor))
  const { data, hasNextPage, isFetching } = loaded
  const rows = useMemo(() => {
    const all = sentencesOf(rowsOf(data).toReversed()).toReversed()
    return actor === "" ? all : all.filter(({ event }) => (actorOf(event) ?? "system") === actor)
  }, [actor, data])
  const names = useQuery(peopleQuery).data?.byId
  const columns = useMemo(() => columnsOf(tell, (id) => names?.get(id)?.name ?? id), [tell, names])
  const formats = useFormats()
  const dayOf = useCallback(({ event }: Deed) => formats.date(new Date(event.time)), [formats])
  const more = moreOf(loaded)
  const isFar = (data?.pages.length ?? 0) >= byItself
  return (
    <section className="people">
      <PeopleHead view="log" />
      <Filters source={source} actor={actor} />
      <Answer to={loaded} shape="rows">
        {() => (
          <>
            {rows.length === 0 && !isFetching && <p className="table-empty soft">{tell("people.log.none")}</p>}
            {rows.length > 0 && (
              <Table
                label={tell("people.log")}
                columns={columns}
                rows={rows}
                keyOf={keyOf}
                groupOf={dayOf}
                heading={formats.day}
                more={isFar ? undefined : more}
              />
            )}
            {hasNextPage && (isFar || rows.length === 0) && (
              <p className="people-further">
                <Button disabled={isFetching} onClick={more}>
                  {tell("people.log.further")}
                </Button>
              </p>
            )}
          </>
        )}
      </Answer>
    </section>
  )
}

const Filters = ({ actor, source }: { readonly source: Source; readonly actor: string }) => {
  const tell = useTexts()
  const me = signedIn()
  return (
    <div className="people-filters not-on-paper">
      <Choice
        label={tell("people.log.about")}
        name="source"
        value={source === "users" ? "" : source}
        options={[
          ["", tell("people.log.users")],
          ...(seesTasks(me) ? ([["tasks", tell("people.log.tasks")]] as const) : []),
          ...(seesBooks(me) ? ([["billing", tell("people.log.billing")]] as const) : [])
        ]}
      />
      <Chosen
        name="actor"
        title={tell("people.log.who")}
        any={tell("people.log.anybody")}
        chosen={actor === "" ? null : actor === "system" ? tell("people.log.system") : <Person id={actor} />}
      >
        {(choose) => (
          <FindPerson
            label={tell("people.log.name")}
            none={tell("palette.none")}
            others={[{ id: "system", text: tell("people.log.system"), shown: tell("people.log.system") }]}
            choose={choose}
          />
        )}
      </Chosen>
    </div>
  )
}

const keyOf = ({ event }: Deed): string => String(event.number)

const columnsOf = (tell: Tell, nameOf: (id: string) => string): ReadonlyArray<Column<Deed>> => [
  {
    id: "what",
    title: tell("people.log.what"),
    fold: "title",
    cell: ({ sentence }) => <Said sentence={sentence} nameOf={nameOf} />
  },
  {
    id: "who",
    title: tell("people.log.who"),
    width: "200px",
    fold: "note",
    cell: ({ event }) => {
      const actor = actorOf(event)
      return actor === null ? (
        <span className="soft">{tell("people.log.system")}</span>
      ) : (
        <Link to={personPath(actor)}>
          <Person id={actor} />
        </Link>
      )
    }
  },
  {
    id: "when",
    title: tell("people.log.when"),
    width: "130px",
    fold: "side",
    cell: ({ event }) => <Moment at={new Date(event.time)} within="day" />
  },
  { id: "number", title: "#", width: "90px", number: true, fold: "gone", cell: ({ event }) => event.number }
]
