import { useCompany } from "../data/company.ts"
import type { Amount } from "../i18n/format.ts"
import { useFormats } from "./formats.ts"

interface Props {
  readonly value: Amount
  /** Shows a plus, too: for what moves a balance. */
  readonly signed?: boolean
  /** Has a colour below zero, too: for what is earned, which is meant to be above. */
  readonly judged?: boolean
}

/**
 * An amount: a balance below zero, or what moves one, has its own colour beside the sign that says so. In a column of
 * amounts the currency is read out, and seen once above them.
 */
export const Money = ({ judged = false, signed = false, value }: Props) => {
  const formats = useFormats()
  const isDebt = value.amount < 0n && (judged || !signed)
  const tone = isDebt ? "debt" : signed && value.amount > 0n ? "gain" : undefined
  return (
    <span className="money" data-tone={tone}>
      {formats.amountParts(value, signed).map(({ isUnit, text }) =>
        isUnit ? (
          <span key="unit" className="unit">
            {text}
          </span>
        ) : (
          text
        )
      )}
    </span>
  )
}

/** The company's currency above a column of its amounts. */
export const Currency = () => {
  const formats = useFormats()
  const { currency } = useCompany()
  const unit = formats.amountParts({ amount: 0n, currency }, false).find(({ isUnit }) => isUnit)
  return (
    <span className="column-unit" aria-hidden="true">
      {unit?.text.trim()}
    </span>
  )
}
