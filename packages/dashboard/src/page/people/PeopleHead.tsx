import type { ReactNode } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Choice } from "../ui/Choice.tsx"

/** What stands above the people and above what they did. */
export const PeopleHead = ({ children, view }: { readonly view: "" | "log"; readonly children?: ReactNode }) => {
  const tell = useTexts()
  return (
    <header className="people-head">
      <h1>{tell("nav.people")}</h1>
      <Choice
        label={tell("nav.people")}
        name="view"
        value={view}
        options={[
          ["", tell("people.everybody")],
          ["log", tell("people.log")]
        ]}
      />
      <div className="people-actions">{children}</div>
    </header>
  )
}
