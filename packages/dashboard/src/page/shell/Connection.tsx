import { useStore } from "@nanostores/react"
import { useTexts } from "../i18n/texts.ts"
import { $connection } from "../session/connection.ts"
import { Button } from "../ui/Button.tsx"
import { useOnTop } from "../ui/onTop.ts"
import { $newer } from "./newer.ts"
import "./connection.css"

/** One calm line when the server is not as usual, or has another version of the page. */
export const Connection = () => {
  const tell = useTexts()
  const now = useStore($connection)
  const newer = useStore($newer)
  const element = useOnTop(now.at === "well" ? newer || undefined : now)
  return (
    <div ref={element} className="connection" role="status" popover="manual">
      {now.at === "well" ? (
        newer && (
          <p data-at="newer">
            {tell("state.newer")}
            <Button look="primary" onClick={() => window.location.reload()}>
              {tell("state.reload")}
            </Button>
          </p>
        )
      ) : (
        <p data-at={now.at}>
          <i aria-hidden="true" />
          {now.at === "busy" ? tell("state.busy", { seconds: now.seconds }) : tell(`state.${now.at}`)}
        </p>
      )}
    </div>
  )
}
