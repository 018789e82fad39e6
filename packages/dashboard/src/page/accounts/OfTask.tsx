import { useTexts } from "../i18n/texts.ts"
import { Day } from "../ui/Day.tsx"
import { Money } from "../ui/Money.tsx"
import { type Entry, nameOf } from "./entries.ts"
import { EntryOf } from "./EntryOf.tsx"

interface Props {
  readonly entries: ReadonlyArray<Entry>
  /** The entry that is open. */
  readonly number: number
}

/** All that was booked for a task, as far as one may see it. */
export const OfTask = ({ entries, number: open }: Props) => {
  const tell = useTexts()
  return (
    <section className="of-task" aria-labelledby="of-task">
      <h3 id="of-task">{tell("entry.ofTask")}</h3>
      <ul>
        {entries.map((entry) => (
          <li key={entry.number} aria-current={entry.number === open ? "true" : undefined}>
            <span>
              {tell(nameOf(entry), { number: entry.corrects ?? 0 })}
              <span className="soft small">
                <bdi>{entry.name ?? entry.owner}</bdi>, <Day period={entry.period} />
              </span>
            </span>
            <Money value={entry.amount} signed />
            {entry.number === open ? (
              <span className="soft small">{tell("entry.this")}</span>
            ) : (
              <EntryOf owner={entry.owner} number={entry.number} period={entry.period} />
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
