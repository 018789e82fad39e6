import { filter as setFilter } from "../address/address.ts"
import { useTexts } from "../i18n/texts.ts"
import { signedIn } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { type Filter, seesAll } from "./filter.ts"

/** Why there is nothing to see, and what to do about it. */
export const NoTasks = ({ create, filter }: { readonly filter: Filter; readonly create: () => void }) => {
  const tell = useTexts()
  const isNarrowed = filter.search !== "" || filter.status === "done" || (seesAll(signedIn()) && filter.assignee !== "")
  return (
    <div className="tracker-none">
      <p className="soft">
        {tell(isNarrowed ? "tasks.none" : seesAll(signedIn()) ? "tasks.none.open" : "tasks.none.mine")}
      </p>
      {isNarrowed ? (
        <Button onClick={() => setFilter({ q: "", status: "", who: "" })}>{tell("tasks.filter.none")}</Button>
      ) : (
        <Button onClick={create}>{tell("tasks.new")}</Button>
      )}
    </div>
  )
}
