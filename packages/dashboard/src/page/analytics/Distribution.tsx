import { useStore } from "@nanostores/react"
import type { Promises } from "@popug/http/promises"
import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { $address } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { useCompany } from "../data/company.ts"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Chart } from "../ui/chart/Chart.tsx"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import { type Bin, binsOf } from "./bins.ts"
import { allAccounts } from "./queries.ts"

type Account = Awaited<ReturnType<Promises["billing"]["accounts"]>>["data"][number]

/** How balances are distributed now; a bar leads to the people in it. */
export const Distribution = () => {
  const tell = useTexts()
  const accounts = useQuery(allAccounts)
  return (
    <Answer to={accounts}>
      {(all) =>
        all === null ? <p className="chart soft">{tell("analytics.balances.many")}</p> : <Bins accounts={all} />
      }
    </Answer>
  )
}

const Bins = ({ accounts }: { readonly accounts: ReadonlyArray<Account> }) => {
  const tell = useTexts()
  const formats = useFormats()
  const { currency, digits } = useCompany()
  const { query } = useStore($address)
  const bins = useMemo(
    () => binsOf(accounts, (account) => account.balance.amount, 10n ** BigInt(digits)),
    [accounts, digits]
  )
  const money = (amount: bigint) => ({ amount, currency })
  const chosen = bins.find(({ from }) => String(from) === query.get("balance"))
  return (
    <div className="analytics-balances">
      <Chart
        title={tell("analytics.balances")}
        axis={tell("analytics.balance")}
        points={bins.map(({ from, to }) => ({
          name: tell("analytics.between", { from: formats.money(money(from)), to: formats.money(money(to)) }),
          short: formats.shortMoney(money(from)),
          debt: from < 0n,
          to: { path: "/analytics", query: { ...Object.fromEntries(query), balance: String(from) } }
        }))}
        series={[{ name: tell("analytics.people"), look: "bars", values: bins.map(({ rows }) => BigInt(rows.length)) }]}
        format={formats.count}
        short={formats.count}
      />
      {chosen !== undefined && <Within bin={chosen} />}
    </div>
  )
}

const Within = ({ bin: { from, rows, to } }: { readonly bin: Bin<Account> }) => {
  const tell = useTexts()
  const formats = useFormats()
  const { currency } = useCompany()
  const title = tell("analytics.between", {
    from: formats.money({ amount: from, currency }),
    to: formats.money({ amount: to, currency })
  })
  return (
    <section className="analytics-within" aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {rows.map(({ balance, name, owner }) => (
          <li key={owner}>
            <Link to={`/accounts/${owner}`}>
              <bdi>{name ?? owner}</bdi>
              <Money value={balance} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
