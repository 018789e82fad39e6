/**
 * Which tasks: what is chosen here is in the address.
 */
import { useStore } from "@nanostores/react"
import { useState } from "react"
import { filter as setFilter } from "../address/address.ts"
import { Keys } from "../commands/Keys.tsx"
import { useHeld } from "../data/held.ts"
import { count } from "../i18n/format.ts"
import { $language, useTexts } from "../i18n/texts.ts"
import { seesTasks } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { FindPerson } from "../ui/FindPerson.tsx"
import { Icon } from "../ui/Icon.tsx"
import { Person } from "../ui/Person.tsx"
import { countsOf, shown, useCounts } from "./counts.ts"
import type { Filter } from "./filter.ts"
import { mayShuffle } from "./may.ts"
import { Search } from "./Search.tsx"
import "../ui/choice.css"

const states = [
  { status: "in progress", text: "tasks.status.open", query: "" },
  { status: "done", text: "tasks.status.done", query: "done" },
  { status: "", text: "tasks.status.all", query: "all" }
] as const

interface Props {
  readonly filter: Filter
  /** How many are listed, once that is known. */
  readonly listed: number | undefined
  readonly create: () => void
  readonly shuffle: () => void
}

export const TrackerHead = ({ create, filter, listed, shuffle }: Props) => {
  const tell = useTexts()
  const me = signedIn()
  const language = useStore($language)
  const numbers = countsOf(useCounts(), filter, me)
  return (
    <header className="tracker-head">
      <h1>{tell(seesTasks(me) ? "tasks.title" : "nav.mine")}</h1>
      <div className="choice" role="group" aria-label={tell("tasks.status")}>
        {states.map(({ query, status, text }) => (
          <button
            key={status}
            type="button"
            aria-pressed={filter.status === status}
            onClick={() => setFilter({ status: query })}
          >
            {tell(text)}{" "}
            {numbers === undefined && listed !== undefined && filter.status === status && (
              <span className="count">{count(listed, language)}</span>
            )}
            {numbers !== undefined && status !== "" && (
              <span className="count">{shown(status === "done" ? numbers.done : numbers.open, numbers, language)}</span>
            )}
          </button>
        ))}
      </div>
      {seesTasks(me) && <Whose assignee={filter.assignee} />}
      <button
        type="button"
        className="order soft"
        aria-label={tell(`tasks.order.${filter.order}`)}
        title={tell(`tasks.order.${filter.order}`)}
        onClick={() => setFilter({ order: filter.order === "newest" ? "oldest" : "" })}
      >
        <span aria-hidden="true">{filter.order === "newest" ? "↓" : "↑"}</span>
        <span className="tracker-word">{tell(`tasks.order.${filter.order}`)}</span>
      </button>
      <Search />
      {mayShuffle(me) && (
        <Button onClick={shuffle}>
          <Icon name="shuffle" />
          <span className="tracker-word">{tell("tasks.shuffle")}</span>
        </Button>
      )}
      <Button look="primary" onClick={create}>
        <Icon name="plus" />
        <span className="tracker-word">{tell("tasks.new")}</span>
        <Keys keys="c" />
      </Button>
    </header>
  )
}

/** Whose tasks: everybody's, or somebody's. */
const Whose = ({ assignee }: { readonly assignee: string }) => {
  const tell = useTexts()
  const [open, setOpen] = useState(false)
  const held = useHeld(open)
  const choose = (id: string) => {
    setOpen(false)
    setFilter({ who: id === everybody ? "" : id })
  }
  return (
    <>
      <span className="whose">
        <Button look="plain" onClick={() => setOpen(true)} aria-haspopup="dialog">
          {assignee === "" ? tell("tasks.everybody") : <Person id={assignee} />}
        </Button>
        {assignee !== "" && (
          <button
            type="button"
            className="close"
            aria-label={tell("tasks.everybody")}
            onClick={() => choose(everybody)}
          >
            <Icon name="close" />
          </button>
        )}
      </span>
      <Dialog title={tell("tasks.whose")} look="find" open={open} onClose={() => setOpen(false)}>
        <FindPerson
          label={tell("tasks.person")}
          none={tell("palette.none")}
          noteOf={held && ((id) => tell("tasks.count", { count: held(id) }))}
          others={[{ id: everybody, text: tell("tasks.everybody"), shown: tell("tasks.everybody") }]}
          choose={choose}
        />
      </Dialog>
    </>
  )
}

/** No id: those have no spaces. */
const everybody = "every body"
