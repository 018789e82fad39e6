import { useStore } from "@nanostores/react"
import { $address } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { useTexts } from "../i18n/texts.ts"
import { type Entry, nameOf } from "./entries.ts"

/** What an entry is for, as a link that opens it over the view that lists it. */
export const EntryLink = ({ entry }: { readonly entry: Entry }) => {
  const tell = useTexts()
  const { path, query } = useStore($address)
  return (
    <Link to={path} query={{ ...Object.fromEntries(query), entry: String(entry.number) }} className="entry-link">
      <bdi>{entry.task?.title ?? tell(nameOf(entry), { number: entry.corrects ?? 0 })}</bdi>
    </Link>
  )
}
