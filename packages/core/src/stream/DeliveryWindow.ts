/**
 * What a bus that reads the log has given a subscriber, and what of that is acknowledged.
 */
export class DeliveryWindow {
  /** The last number given, and the last of those acknowledged without a hole. */
  delivered: number
  acknowledged: number
  /** Acknowledged beyond a hole. */
  readonly #early = new Set<number>()
  readonly #size: number

  /** Of at most `size` events that are given and not acknowledged, behind the number that was acknowledged last. */
  constructor(size: number, acknowledged: number) {
    this.#size = size
    this.delivered = acknowledged
    this.acknowledged = acknowledged
  }

  /** How many more events may be given. */
  get room(): number {
    return this.#size - (this.delivered - this.acknowledged)
  }

  /** One event is applied. */
  acknowledge(number: number): void {
    if (number <= this.acknowledged) return
    this.#early.add(number)
    this.#closeUp()
  }

  /** Every event up to a number is applied, whether it was given or not. */
  skip(number: number): void {
    if (number <= this.acknowledged) return
    this.acknowledged = number
    this.delivered = Math.max(this.delivered, number)
    for (const early of this.#early) if (early <= number) this.#early.delete(early)
    this.#closeUp()
  }

  #closeUp(): void {
    while (this.#early.delete(this.acknowledged + 1)) this.acknowledged += 1
  }
}
