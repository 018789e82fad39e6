import type { Amount } from "../i18n/format.ts"
import { useFormats } from "./formats.ts"

interface Props {
  readonly value: Amount
  /** Shows a plus, too: for what moves a balance. */
  readonly signed?: boolean
}

/** An amount. Below zero it has its own colour, beside the sign that says so. */
export const Money = ({ signed = false, value }: Props) => {
  const formats = useFormats()
  return (
    <span className="money" data-below={value.amount < 0n || undefined}>
      {signed ? formats.signed(value) : formats.money(value)}
    </span>
  )
}
