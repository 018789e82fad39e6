/**
 * What a company's books go by.
 */
import type { WrittenVersions } from "../../stream/Event.ts"
import type { Calendar } from "../../values/BusinessDay.ts"
import type { Sha256 } from "../../values/Digest.ts"
import type { Currency } from "../../values/Money.ts"
import type { PriceRequest } from "./Pricing.ts"

export interface Rulebook {
  readonly sha256: Sha256
  readonly calendar: Calendar
  readonly currency: Currency
  /** What keys the draws of prices (`Digest.drawKey`). */
  readonly drawKey: string
  /** The host's policy. */
  readonly price: (request: PriceRequest) => { readonly fee: bigint; readonly award: bigint }
  /** Of the events; default: today's. */
  readonly versions?: WrittenVersions
}
