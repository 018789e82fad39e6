import { useStore } from "@nanostores/react"
import type { Promises } from "@popug/http/promises"
import { useInfiniteQuery } from "@tanstack/react-query"
import { useEffect, useMemo } from "react"
import { $address } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { accountPath } from "../address/paths.ts"
import { moreOf, rowsOf } from "../data/pages.ts"
import { useName } from "../data/people.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Choice } from "../ui/Choice.tsx"
import { Day, Moment } from "../ui/Day.tsx"
import { type Column, Table } from "../ui/Table.tsx"
import { newestFirst } from "./newestFirst.ts"
import { notices, type Shown } from "./queries.ts"

type Notice = Awaited<ReturnType<Promises["operations"]["notices"]>>["data"][number]

/** What is told of a closed day, and whether it could be. */
export const Notices = () => {
  const tell = useTexts()
  const { query } = useStore($address)
  const asked = query.get("notices")
  const shown: Shown = asked === "failed" || asked === "sent" ? asked : "waiting"
  const loaded = useInfiniteQuery(notices(shown))
  const { data, fetchNextPage } = loaded
  const rows = useMemo(() => (shown === "sent" ? newestFirst(rowsOf(data)) : rowsOf(data)), [data, shown])
  // What went out last is told first, and the server lists by id: those of a whole season are asked for at once.
  const more = moreOf(loaded)
  const goOn = more !== undefined && shown === "sent" && rows.length < sortedAtOnce
  useEffect(() => {
    if (goOn) void fetchNextPage()
  }, [goOn, fetchNextPage])
  const columns = useMemo(() => columnsOf(tell), [tell])
  return (
    <section className="operator-notices" aria-labelledby="notices">
      <header>
        <h2 id="notices">{tell("operator.notices")}</h2>
        <Choice
          label={tell("operator.notices")}
          name="notices"
          value={shown === "waiting" ? "" : shown}
          options={[
            ["", tell("operator.notices.waiting")],
            ["failed", tell("operator.notices.failed")],
            ["sent", tell("operator.notices.sent")]
          ]}
        />
      </header>
      <Answer to={loaded} shape="rows">
        {() =>
          rows.length === 0 ? (
            <p className="table-empty soft">{tell(`operator.notices.none.${shown}`)}</p>
          ) : (
            <Table label={tell("operator.notices")} columns={columns} rows={rows} keyOf={keyOf} more={more} />
          )
        }
      </Answer>
    </section>
  )
}

/** So many sent notices are asked for by themselves. */
const sortedAtOnce = 1_000

const keyOf = ({ id }: Notice): string => id

/** Whom a payout's notice is for: `payout.DAY.OWNER`. */
const ownerOf = ({ id, kind, period }: Notice): string | null =>
  kind === "Payout" ? id.slice(`payout.${period}.`.length) : null

/** A payout by its owner's name, as the way to how that day came to it. */
const Paid = ({ owner, period }: { readonly owner: string; readonly period: string }) => {
  const tell = useTexts()
  const name = useName(owner)
  return (
    <Link to={accountPath(owner)} query={{ from: period, to: period }}>
      <bdi>{tell("operator.notices.Payout", { owner: name })}</bdi>
    </Link>
  )
}

const columnsOf = (tell: Tell): ReadonlyArray<Column<Notice>> => [
  {
    id: "what",
    title: tell("operator.notices.what"),
    fold: "title",
    cell: (notice) => {
      const owner = ownerOf(notice)
      return owner === null ? (
        <Link to={`/periods/${notice.period}`}>{tell(`operator.notices.${notice.kind}`)}</Link>
      ) : (
        <Paid owner={owner} period={notice.period} />
      )
    }
  },
  {
    id: "day",
    title: tell("operator.notices.day"),
    width: "170px",
    fold: "value",
    cell: ({ period }) => (
      <Link to={`/periods/${period}`}>
        <Day period={period} />
      </Link>
    )
  },
  {
    id: "due",
    title: tell("operator.notices.due"),
    width: "220px",
    fold: "note",
    cell: ({ dueAt, status }) =>
      status === "sent" ? (
        <Moment at={dueAt} />
      ) : (
        <>
          {tell("operator.notices.next")} <Moment at={dueAt} />
        </>
      )
  },
  {
    id: "attempts",
    title: tell("operator.notices.attempts"),
    width: "100px",
    number: true,
    fold: "pair",
    cell: ({ attempts }) => attempts
  },
  {
    id: "error",
    title: tell("operator.notices.error"),
    fold: "note",
    cell: ({ lastError }) => (lastError === null ? "" : <span className="debt small">{lastError}</span>)
  }
]
