import { useStore } from "@nanostores/react"
import { Keys } from "../commands/Keys.tsx"
import { useTexts } from "../i18n/texts.ts"
import { signedIn } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { $selected, selectNone } from "./chosen.ts"
import { mayComplete } from "./may.ts"

/** What can be done to all selected rows. */
export const Selected = ({ complete }: { readonly complete: () => void }) => {
  const tell = useTexts()
  const selected = useStore($selected)
  const { size } = selected
  if (size === 0) return null
  const completable = [...selected.values()].filter((task) => mayComplete(signedIn(), task)).length
  return (
    <div className="selected" role="region" aria-label={tell("tasks.selected", { count: size })}>
      <span>{tell("tasks.selected", { count: size })}</span>
      <Button look="primary" disabled={completable === 0} onClick={complete}>
        {tell("tasks.complete.many", { count: completable })}
        <Keys keys="d" />
      </Button>
      <Button look="plain" onClick={selectNone}>
        {tell("tasks.select.none")}
        <Keys keys="Escape" />
      </Button>
    </div>
  )
}
