import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"

interface Props {
  readonly list: {
    readonly rows: ReadonlyArray<unknown>
    readonly isWhole: boolean
    readonly isFar: boolean
    readonly more: (() => void) | undefined
  }
  /** What is said where there is nothing. */
  readonly none: string
}

/** Where a list ends: with nothing, or a long way from what was last found. */
export const ListEnd = ({ list: { isFar, isWhole, more, rows }, none }: Props) => {
  const tell = useTexts()
  if (isWhole) return rows.length === 0 && <p className="table-empty soft">{none}</p>
  if (!isFar) return null
  return (
    <p className="table-empty">
      <span className="soft">{tell("statement.far")}</span> <Button onClick={more}>{tell("statement.further")}</Button>
    </p>
  )
}
