import { Suspense } from "react"
import { filter as setFilter } from "../address/address.ts"
import { room } from "../i18n/room.ts"
import { useTexts } from "../i18n/texts.ts"
import { seesTasks } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { useCounts } from "./counts.ts"
import type { Filter } from "./filter.ts"

const FirstSteps = room("guide", () => import("../guide/FirstSteps.tsx"))

/** Why there is nothing to see, and what to do about it. */
export const NoTasks = ({ create, filter }: { readonly filter: Filter; readonly create: () => void }) => {
  const tell = useTexts()
  const counts = useCounts()
  const all = counts?.all ?? counts?.mine
  if (all !== undefined && all.open + all.done === 0) {
    return (
      <div className="tracker-none">
        <Suspense>
          <FirstSteps />
        </Suspense>
      </div>
    )
  }
  const isNarrowed =
    filter.search !== "" || filter.status === "done" || (seesTasks(signedIn()) && filter.assignee !== "")
  return (
    <div className="tracker-none">
      <p className="soft">
        {tell(isNarrowed ? "tasks.none" : seesTasks(signedIn()) ? "tasks.none.open" : "tasks.none.mine")}
      </p>
      {isNarrowed ? (
        <Button onClick={() => setFilter({ q: "", status: "", who: "" })}>{tell("tasks.filter.none")}</Button>
      ) : (
        <Button onClick={create}>{tell("tasks.new")}</Button>
      )}
    </div>
  )
}
