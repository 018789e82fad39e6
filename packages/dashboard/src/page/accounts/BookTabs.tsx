import { useStore } from "@nanostores/react"
import { useEffect, useRef } from "react"
import { $address } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { useTexts } from "../i18n/texts.ts"

const tabs = [
  ["/audit", "nav.audit"],
  ["/audit/journal", "audit.journal"],
  ["/audit/trial-balance", "audit.trialBalance"],
  ["/audit/verification", "audit.verification"]
] as const

/** The ways to look at the journal, each of the days that one looks at. */
export const BookTabs = () => {
  const tell = useTexts()
  const { path, query } = useStore($address)
  const days = { from: query.get("from") ?? undefined, to: query.get("to") ?? undefined }
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    // What it returns, a promise in some browsers, is no clean-up.
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" })
  }, [path])
  return (
    <nav ref={nav} className="tabs not-on-paper" aria-label={tell("audit.views")}>
      {tabs.map(([to, title]) => (
        <Link key={to} to={to} query={days} aria-current={path === to ? "page" : undefined}>
          {tell(title)}
        </Link>
      ))}
    </nav>
  )
}
