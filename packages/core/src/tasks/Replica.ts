/**
 * The tasks context's own copy of the users, and who of them is eligible.
 */
import { byteOrder, type UserId } from "../values/Ids.ts"
import type { Member } from "./Assignment.ts"

export class Replica {
  readonly #members: Map<UserId, Member>
  readonly #eligible: Array<UserId>
  readonly #isEligible: (member: Member) => boolean

  constructor(members: ReadonlyArray<Member>, isEligible: (member: Member) => boolean) {
    this.#isEligible = isEligible
    this.#members = new Map(members.map((member) => [member.id, member]))
    this.#eligible = members
      .filter(isEligible)
      .map((member) => member.id)
      .sort(byteOrder)
  }

  /** The eligible users, by id in byte order. */
  get eligible(): ReadonlyArray<UserId> {
    return this.#eligible
  }

  isEligible(id: UserId): boolean {
    const member = this.#members.get(id)
    return member !== undefined && this.#isEligible(member)
  }

  /** Takes a user's state in, and tells what became of their eligibility. */
  put(member: Member): "gained" | "lost" | "same" {
    const before = this.isEligible(member.id)
    this.#members.set(member.id, member)
    const after = this.#isEligible(member)
    if (before === after) return "same"
    const index = this.#place(member.id)
    if (after) this.#eligible.splice(index, 0, member.id)
    else this.#eligible.splice(index, 1)
    return after ? "gained" : "lost"
  }

  #place(id: UserId): number {
    let low = 0
    let high = this.#eligible.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#eligible[middle]! < id) low = middle + 1
      else high = middle
    }
    return low
  }
}
