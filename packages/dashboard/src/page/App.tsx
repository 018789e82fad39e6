/**
 * The page: who is not signed in is asked to, everybody else sees the view that the address names.
 */
import { useStore } from "@nanostores/react"
import { Suspense } from "react"
import { $address } from "./address/address.ts"
import { room } from "./i18n/room.ts"
import { useTexts } from "./i18n/texts.ts"
import { $session } from "./session/session.ts"
import { Shell } from "./shell/Shell.tsx"
import { Notices } from "./ui/notices.tsx"

const SignIn = room("session", () => import("./session/SignIn.tsx"))
const Tracker = room("tracker", () => import("./tracker/Tracker.tsx"))
const Accounts = room("accounts", () => import("./accounts/Room.tsx"))

const Analytics = room("analytics", () => import("./analytics/Analytics.tsx"))
const People = room("people", () => import("./people/People.tsx"), "events")
const Operator = room("operator", () => import("./operator/Operator.tsx"), "events")

const View = ({ path }: { readonly path: string }) => {
  const tell = useTexts()
  if (path === "/" || path === "/sign-in" || path.startsWith("/tasks")) return <Tracker />
  if (/^\/(?:accounts?|periods|audit)(?:\/|$)/u.test(path)) return <Accounts />
  if (/^\/people(?:\/|$)/u.test(path)) return <People />
  if (path === "/operator") return <Operator />
  if (path === "/analytics") return <Analytics />
  return <p>{tell("state.empty")}</p>
}

export const App = () => {
  const tell = useTexts()
  const now = useStore($session)
  const { path } = useStore($address)
  if (now.at === "beginning") return <p className="beginning" />
  return (
    <>
      {now.at === "signed out" ? (
        <Suspense fallback={<p className="beginning" />}>
          <SignIn ended={now} />
        </Suspense>
      ) : (
        <Shell key={now.me.id} me={now.me}>
          <Suspense fallback={<p className="unseen">{tell("state.loading")}</p>}>
            <View path={path} />
          </Suspense>
        </Shell>
      )}
      <Notices close={tell("action.close")} />
    </>
  )
}
