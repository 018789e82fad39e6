import "./choice.css"
import { narrow } from "../address/address.ts"

interface Props<Value extends string> {
  readonly label: string
  /** The name of the filter in the address. */
  readonly name: string
  readonly value: Value | ""
  readonly options: ReadonlyArray<readonly [Value | "", string]>
}

/** One of a few filters, kept in the address. */
export const Choice = <Value extends string>({ label, name, options, value }: Props<Value>) => (
  <div className="choice not-on-paper" role="group" aria-label={label}>
    {options.map(([option, title]) => (
      <button key={option} type="button" aria-pressed={option === value} onClick={() => narrow({ [name]: option })}>
        {title}
      </button>
    ))}
  </div>
)
