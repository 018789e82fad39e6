/**
 * The accounts: one's own, and the books for those who keep them.
 */
import { useStore } from "@nanostores/react"
import { $address, partOf } from "../address/address.ts"
import { isDay } from "../data/days.ts"
import { signedIn } from "../session/session.ts"
import { Accounts } from "./Accounts.tsx"
import { AccountView } from "./AccountView.tsx"
import { AuditLog } from "./AuditLog.tsx"
import { Journal } from "./Journal.tsx"
import { Period } from "./Period.tsx"
import { Periods } from "./Periods.tsx"
import { TrialBalance } from "./TrialBalance.tsx"
import { Verification } from "./Verification.tsx"
import "./accounts.css"

const Room = () => {
  const [, place = "", written, ...rest] = useStore($address).path.split("/")
  const one = partOf(written)
  if (place === "account") return <AccountView owner={signedIn().id} />
  if (place === "accounts") return one === undefined ? <Accounts /> : <AccountView key={one} owner={one} />
  if (place === "periods") return isDay(one) || one === "current" ? <Period key={one} period={one} /> : <Periods />
  switch (rest.length > 0 ? "" : one) {
    case "journal":
      return <Journal />
    case "trial-balance":
      return <TrialBalance />
    case "verification":
      return <Verification />
    default:
      return <AuditLog />
  }
}

export default Room
