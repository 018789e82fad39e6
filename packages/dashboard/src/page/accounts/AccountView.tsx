/**
 * One account: what it holds today, how that came about, and every entry of some days.
 */
import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { $address } from "../address/address.ts"
import { useCompany } from "../data/company.ts"
import type { Amount } from "../i18n/format.ts"
import { useTexts } from "../i18n/texts.ts"
import { popug, signedIn } from "../session/session.ts"
import { Answer } from "../ui/Answer.tsx"
import { Face } from "../ui/Face.tsx"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import { useTitle } from "../ui/title.ts"
import { type Account, accountOf } from "./books.ts"
import { Download } from "./Download.tsx"
import { RangeFilter } from "./RangeFilter.tsx"
import { rangeIn } from "./ranges.ts"
import { Statement } from "./Statement.tsx"

export const AccountView = ({ owner }: { readonly owner: string }) => {
  const tell = useTexts()
  const me = signedIn()
  const isMine = owner === me.id
  const { period: today } = useCompany()
  const range = rangeIn(useStore($address).query, today)
  const account = useQuery(accountOf(owner))
  const name = isMine ? me.name : (account.data?.name ?? owner)
  const title = isMine ? tell("nav.account") : name
  useTitle(title)
  return (
    <article className="books">
      <header className="books-head">
        <h1>
          {!isMine && <Face id={owner} name={name} />}
          <bdi>{title}</bdi>
        </h1>
        <Download
          label={tell("download.csv")}
          name={`audit-log-${owner}.csv`}
          ask={() => popug.billing.auditLogCsv({ query: { ...range, owner } })}
        />
      </header>
      <Answer to={account} shape="card">
        {(found) => <Balance account={found} isMine={isMine} name={name} />}
      </Answer>
      <RangeFilter range={range} />
      <Statement owner={owner} name={name} range={range} isToday={range.to === today} />
    </article>
  )
}

interface BalanceProps {
  readonly account: Account
  readonly isMine: boolean
  readonly name: string
}

/** What the account holds now, in figures and in words. */
const Balance = ({ account: { balance }, isMine, name }: BalanceProps) => {
  const tell = useTexts()
  const formats = useFormats()
  const { closing, endsAt } = useCompany()
  const state = stateOf(balance)
  return (
    <section className="balance" data-state={state} aria-label={tell("account.balance")}>
      <p className="soft">{tell("account.balance")}</p>
      <p className="balance-amount">
        <Money value={balance} />
        {state === "debt" && <span className="badge">{tell("account.inTheRed")}</span>}
      </p>
      <p className="soft">
        {tell(`account.${state}${isMine ? "" : ".of"}`, {
          name,
          amount: formats.money({ ...balance, amount: balance.amount < 0n ? -balance.amount : balance.amount }),
          time: formats.clock(endsAt),
          closing
        })}
      </p>
    </section>
  )
}

/** How an account stands, for words about it. */
const stateOf = ({ amount }: Amount): "credit" | "even" | "debt" =>
  amount > 0n ? "credit" : amount < 0n ? "debt" : "even"
