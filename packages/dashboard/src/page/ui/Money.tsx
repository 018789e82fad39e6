import type { Amount } from "../i18n/format.ts"
import { useFormats } from "./formats.ts"

interface Props {
  readonly value: Amount
  /** Shows a plus, too: for what moves a balance. */
  readonly signed?: boolean
}

/** An amount: a balance below zero, or what moves one, has its own colour beside the sign that says so. */
export const Money = ({ signed = false, value }: Props) => {
  const formats = useFormats()
  const tone = signed ? (value.amount > 0n ? "gain" : undefined) : value.amount < 0n ? "debt" : undefined
  return (
    <span className="money" data-tone={tone}>
      {signed ? formats.signed(value) : formats.money(value)}
    </span>
  )
}
