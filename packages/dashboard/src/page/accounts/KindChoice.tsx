import { useTexts } from "../i18n/texts.ts"
import { Choice } from "../ui/Choice.tsx"
import { type Sought, sought } from "./entries.ts"

/** Which entries are listed: those of a kind with what corrects them, or all corrections. */
export const KindChoice = ({ kind }: { readonly kind: Sought | "" }) => {
  const tell = useTexts()
  return (
    <Choice
      label={tell("statement.kinds")}
      name="kind"
      value={kind}
      options={[["", tell("statement.all")], ...sought.map((one) => [one, tell(`entries.${one}`)] as const)]}
    />
  )
}
