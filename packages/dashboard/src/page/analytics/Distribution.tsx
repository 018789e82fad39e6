import { useStore } from "@nanostores/react"
import type { Promises } from "@popug/http/promises"
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { $address } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { accountPath } from "../address/paths.ts"
import { rowsOf } from "../data/pages.ts"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Button } from "../ui/Button.tsx"
import { Chart } from "../ui/chart/Chart.tsx"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import { accountsWithin, distribution } from "./queries.ts"

type Classes = Awaited<ReturnType<Promises["reports"]["distribution"]>>["classes"]

/** How balances are distributed now; a bar leads to the people in it. */
export const Distribution = () => (
  <Answer to={useQuery(distribution)}>{({ classes }) => <Bars classes={classes} />}</Answer>
)

const Bars = ({ classes }: { readonly classes: Classes }) => {
  const tell = useTexts()
  const formats = useFormats()
  const { query } = useStore($address)
  const chosen = classes.find(({ from }) => String(from.amount) === query.get("balance"))
  return (
    <div className="analytics-balances">
      <Chart
        title={tell("analytics.balances")}
        axis={tell("analytics.balance")}
        points={classes.map(({ below, from }) => ({
          name: tell("analytics.between", { from: formats.money(from), to: formats.money(below) }),
          short: formats.shortMoney(from),
          debt: from.amount < 0n,
          to: { path: "/analytics", query: { ...Object.fromEntries(query), balance: String(from.amount) } }
        }))}
        series={[{ name: tell("analytics.people"), look: "bars", values: classes.map(({ popugs }) => BigInt(popugs)) }]}
        format={formats.count}
        short={formats.count}
      />
      {chosen !== undefined && <Within key={String(chosen.from.amount)} of={chosen} />}
    </div>
  )
}

/** The people whose balances are in one class. */
const Within = ({ of: { below, from } }: { readonly of: Classes[number] }) => {
  const tell = useTexts()
  const formats = useFormats()
  const loaded = useInfiniteQuery(accountsWithin(from.amount, below.amount))
  const { data, fetchNextPage, hasNextPage, isFetching } = loaded
  const title = tell("analytics.between", { from: formats.money(from), to: formats.money(below) })
  return (
    <section className="analytics-within" aria-label={title}>
      <h3>{title}</h3>
      <Answer to={loaded} shape="rows">
        {() => (
          <ul>
            {rowsOf(data).map(({ balance, name, owner }) => (
              <li key={owner}>
                <Link to={accountPath(owner)}>
                  <bdi>{name ?? owner}</bdi>
                  <Money value={balance} />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      {hasNextPage && (
        <Button onClick={() => void fetchNextPage()} disabled={isFetching}>
          {tell("action.more")}
        </Button>
      )}
    </section>
  )
}
