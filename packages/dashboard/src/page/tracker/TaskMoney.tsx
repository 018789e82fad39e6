/**
 * What a task costs and earns, and what was booked for it: to whom it fell, and who was paid. For who keeps the books
 * all of it, for everybody else what is theirs.
 */
import { queryOptions, useQuery } from "@tanstack/react-query"
import { Link } from "../address/Link.tsx"
import { accountPathFor } from "../address/paths.ts"
import { useTexts } from "../i18n/texts.ts"
import { type Me, seesBooks } from "../session/me.ts"
import { popug, signedIn } from "../session/session.ts"
import { Moment } from "../ui/Day.tsx"
import { Money } from "../ui/Money.tsx"
import { Named, Person } from "../ui/Person.tsx"
import type { Task } from "./task.ts"

/** Who sees what a task costs: whoever has it, or keeps the books. */
export const seesMoney = (me: Me, task: Task): boolean => seesBooks(me) || task.assignee === me.id

const priceQuery = (id: string) =>
  queryOptions({
    queryKey: ["accounts", "price", id],
    queryFn: ({ signal }) => popug.billing.price({ params: { task: id } }, { signal })
  })

const entriesQuery = (id: string, own: boolean) =>
  queryOptions({
    queryKey: ["accounts", "task", id, own],
    queryFn: ({ signal }) =>
      popug.billing.auditLog({ query: { task: id, limit: 100, ...(own ? { owner: "me" } : {}) } }, { signal })
  })

type Entry = Awaited<ReturnType<typeof popug.billing.auditLog>>["data"][number]

export const TaskMoney = ({ task }: { readonly task: Task }) => {
  const tell = useTexts()
  const price = useQuery(priceQuery(task.id)).data
  const entries = useQuery(entriesQuery(task.id, !seesBooks(signedIn()))).data
  if (price === undefined || entries === undefined) return null
  return (
    <section>
      <h3>{tell("tasks.money")}</h3>
      <dl className="prices">
        {price.fee !== null && (
          <div>
            <dt>{tell("tasks.fee")}</dt>
            <dd>
              <Money value={price.fee} />
            </dd>
          </div>
        )}
        {price.award !== null && (
          <div>
            <dt>{tell("tasks.award")}</dt>
            <dd>
              <Money value={price.award} />
            </dd>
          </div>
        )}
      </dl>
      <ol className="booked">
        {entries.data.map((entry) => (
          <Booked key={entry.transfer} entry={entry} />
        ))}
      </ol>
      {entries.hasMore && <p className="soft small">{tell("tasks.money.more")}</p>}
    </section>
  )
}

const Booked = ({ entry }: { readonly entry: Entry }) => {
  const tell = useTexts()
  const me = signedIn()
  const { amount, corrects, kind, name, owner, period, recordedAt, transfer } = entry
  const place = owner === null ? "/audit" : accountPathFor(me, owner)
  return (
    <li>
      <span className="booked-who">
        {owner !== null && (name === null ? <Person id={owner} /> : <Named id={owner} name={name} />)}
        <span className="soft small">
          {tell(corrects === null ? (kind === "award" ? "tasks.award.got" : "tasks.fee.paid") : "tasks.corrected")}
          {" · "}
          <Moment at={recordedAt} />
        </span>
      </span>
      <Link to={place} query={{ from: period, to: period, entry: String(transfer) }} className="figure">
        <Money value={amount} signed />
      </Link>
    </li>
  )
}
