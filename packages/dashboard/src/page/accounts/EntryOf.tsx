import { Link } from "../address/Link.tsx"
import { accountPathFor } from "../address/paths.ts"
import { useTexts } from "../i18n/texts.ts"
import { signedIn } from "../session/session.ts"

interface Props {
  readonly owner: string | null
  readonly number: number
  /** The day it was booked in; without it there is no way to it. */
  readonly period: string | undefined
}

/** An entry by its number, as a way to it in its account on its day. */
export const EntryOf = ({ number, owner, period }: Props) => {
  const tell = useTexts()
  const name = tell("entry.number", { number })
  if (owner === null || period === undefined) return <>{name}</>
  const to = accountPathFor(signedIn(), owner)
  return (
    <Link to={to} query={{ from: period, to: period, entry: String(number) }} className="figure">
      {name}
    </Link>
  )
}
