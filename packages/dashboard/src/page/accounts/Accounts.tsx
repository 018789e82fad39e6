/**
 * Everybody's accounts, those in the red first, and how the company stands today.
 */
import { useStore } from "@nanostores/react"
import { useInfiniteQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { $address, filter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { accountPath } from "../address/paths.ts"
import { useEnough } from "../data/enough.ts"
import { moreOf, rowsOf } from "../data/pages.ts"
import { useSettled } from "../data/settled.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Choice } from "../ui/Choice.tsx"
import { Face } from "../ui/Face.tsx"
import { Money } from "../ui/Money.tsx"
import { type Column, Table } from "../ui/Table.tsx"
import { type Account, accounts } from "./books.ts"
import { Today } from "./Today.tsx"

export const Accounts = () => {
  const tell = useTexts()
  const { query } = useStore($address)
  const only = query.get("show") === "red" ? "red" : "all"
  const text = query.get("name") ?? ""
  const loaded = useInfiniteQuery(accounts(only, useSettled(text).trim()))
  const { data } = loaded
  const shown = useMemo(() => {
    // Who goes into the red, or out of it, while pages are loaded is in two of them: the first is of now.
    const byOwner = new Map<string, Account>()
    for (const account of rowsOf(data)) if (!byOwner.has(account.owner)) byOwner.set(account.owner, account)
    return [...byOwner.values()]
  }, [data])
  const isLooking = useEnough(loaded, shown.length)
  const columns = useMemo(() => columnsOf(tell), [tell])
  return (
    <article className="books">
      <header className="books-head">
        <h1>{tell("nav.accounts")}</h1>
      </header>
      <Today />
      <div className="books-filters">
        <Choice
          label={tell("accounts.show")}
          name="show"
          value={only === "red" ? "red" : ""}
          options={[
            ["", tell("accounts.all")],
            ["red", tell("accounts.red")]
          ]}
        />
        <input
          type="search"
          className="field books-search not-on-paper"
          aria-label={tell("accounts.search")}
          placeholder={tell("accounts.search")}
          value={text}
          onChange={({ target: { value } }) => filter({ name: value })}
        />
      </div>
      <Answer to={loaded} shape="rows">
        {() =>
          shown.length === 0 ? (
            <p className="table-empty soft">
              {tell(
                isLooking
                  ? "state.loading"
                  : text !== ""
                    ? "accounts.noneNamed"
                    : only === "red"
                      ? "accounts.noneRed"
                      : "accounts.none"
              )}
            </p>
          ) : (
            <Table label={tell("nav.accounts")} columns={columns} rows={shown} keyOf={keyOf} more={moreOf(loaded)} />
          )
        }
      </Answer>
    </article>
  )
}

const keyOf = ({ owner }: Account): string => owner

const columnsOf = (tell: Tell): ReadonlyArray<Column<Account>> => [
  {
    id: "name",
    title: tell("column.name"),
    fold: "title",
    cell: ({ name, owner }) => (
      <Link to={accountPath(owner)} className="person-link">
        <Face id={owner} name={name ?? owner} />
        <bdi>{name ?? owner}</bdi>
      </Link>
    )
  },
  {
    id: "state",
    title: tell("column.state"),
    width: "12rem",
    fold: "note",
    cell: ({ balance: { amount } }) =>
      amount < 0n ? <span className="badge">{tell("account.inTheRed")}</span> : amount > 0n ? tell("accounts.owed") : ""
  },
  {
    id: "balance",
    title: tell("column.balance"),
    width: "11rem",
    money: true,
    fold: "value",
    cell: ({ balance }) => <Money value={balance} />
  }
]
