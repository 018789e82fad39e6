/**
 * What is booked for one task: its price, the fees of its assignments, its award. One object under the task's id, which
 * is looked up by the text as it came: a text made of id and assignment would be a new one for every transfer.
 */
import type { Pricing, Transfer } from "@popug/core"
import { firstWhere } from "./SortedIds.ts"

type Fee = Transfer.Transfer & { readonly cause: { readonly _tag: "Assigned" } }

/** Where an assignment is, or belongs, among others in order: after them all, nearly always. */
const placeOf = <A>(ordered: ReadonlyArray<A>, assignment: number, of: (one: A) => number): number => {
  const { length } = ordered
  if (length === 0 || of(ordered[length - 1]!) < assignment) return length
  return firstWhere(length, (index) => of(ordered[index]!) >= assignment)
}

const assignmentOf = ({ cause }: Fee): number => cause.assignment
const itself = (assignment: number): number => assignment

export class TaskBooks {
  price: Pricing.Price | undefined = undefined
  award: Transfer.Transfer | undefined = undefined
  /** By assignment. */
  readonly #fees: Array<Fee> = []
  /** What a commit is about to book: of that commit alone, whatever became of those before it. */
  #commit: object | undefined = undefined
  #first = 0
  #assignments: Array<number> | undefined = undefined
  #awards = false

  fee(assignment: number): Transfer.Transfer | undefined {
    const fee = this.#fees[placeOf(this.#fees, assignment, assignmentOf)]
    return fee?.cause.assignment === assignment ? fee : undefined
  }

  /** All that is booked. */
  transfers(): ReadonlyArray<Transfer.Transfer> {
    return this.award === undefined ? this.#fees : [...this.#fees, this.award]
  }

  /** Whether a commit may book the fee of an assignment: nobody has, and it has not either. */
  mayCharge(commit: object, assignment: number): boolean {
    this.#begin(commit)
    if (this.fee(assignment) !== undefined) return false
    if (this.#first === 0) {
      this.#first = assignment
      return true
    }
    this.#assignments ??= [this.#first]
    const place = placeOf(this.#assignments, assignment, itself)
    if (this.#assignments[place] === assignment) return false
    this.#assignments.splice(place, 0, assignment)
    return true
  }

  /** Whether a commit may book the award. */
  mayAward(commit: object): boolean {
    this.#begin(commit)
    if (this.#awards || this.award !== undefined) return false
    this.#awards = true
    return true
  }

  book(transfer: Transfer.Transfer): void {
    if (isFee(transfer)) this.#fees.splice(placeOf(this.#fees, transfer.cause.assignment, assignmentOf), 0, transfer)
    else this.award = transfer
  }

  #begin(commit: object): void {
    if (this.#commit === commit) return
    this.#commit = commit
    this.#first = 0
    this.#assignments = undefined
    this.#awards = false
  }
}

const isFee = (transfer: Transfer.Transfer): transfer is Fee => transfer.cause._tag === "Assigned"
