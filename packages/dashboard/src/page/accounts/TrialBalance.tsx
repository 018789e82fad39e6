/**
 * The trial balance: what the accounts of each kind hold together. In books that balance the sum is zero.
 */
import { useQuery } from "@tanstack/react-query"
import { Link } from "../address/Link.tsx"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Money } from "../ui/Money.tsx"
import { useTitle } from "../ui/title.ts"
import { trialBalance } from "./books.ts"
import { BookTabs } from "./BookTabs.tsx"

const lines = [
  ["popugs", "/accounts", undefined],
  ["fees", "/audit/journal", "company:fees"],
  ["awards", "/audit/journal", "company:awards"],
  ["cash", "/audit/journal", "company:cash"]
] as const

export const TrialBalance = () => {
  const tell = useTexts()
  useTitle(tell("audit.trialBalance"))
  return (
    <article className="books">
      <header className="books-head">
        <h1>{tell("audit.trialBalance")}</h1>
      </header>
      <BookTabs />
      <Answer to={useQuery(trialBalance)}>
        {(sums) => (
          <table className="ledger">
            <caption className="soft">{tell("trial.says")}</caption>
            <thead className="unseen">
              <tr>
                <th scope="col">{tell("column.account")}</th>
                <th scope="col">{tell("column.balance")}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(([name, to, account]) => (
                <tr key={name}>
                  <th scope="row">
                    {tell(`trial.${name}`)}
                    <span className="soft small">{tell(`trial.${name}.is`)}</span>
                  </th>
                  <td className="number">
                    <Link to={to} query={{ account }} className="figure">
                      <Money value={sums[name]} />
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">
                  {tell("trial.total")}
                  <span className="small">{tell(sums.total.amount === 0n ? "trial.balances" : "trial.differs")}</span>
                </th>
                <td className="number">
                  <Money value={sums.total} />
                </td>
              </tr>
            </tfoot>
          </table>
        )}
      </Answer>
    </article>
  )
}
