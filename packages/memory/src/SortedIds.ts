/**
 * A set of ids that is read in byte order, page by page. Sorting waits until somebody reads, and ids that grow with
 * time need none.
 */
export class SortedIds<Id extends string> {
  /** In order; those in `#gone` were removed and are passed over. */
  #sorted: Array<Id> = []
  /** Added out of order since the last read. */
  #fresh: Array<Id> = []
  readonly #gone = new Set<Id>()
  /** Removed since somebody last asked which are gone: putting them in a list costs much less. */
  #removed: Array<Id> = []

  /** Adds an id that is not in the set. */
  add(id: Id): void {
    const last = this.#sorted.at(-1)
    // Above all that are in order: it can't be one of those that were removed from among them.
    if (this.#fresh.length === 0 && (last === undefined || last < id)) this.#sorted.push(id)
    else if (!this.#noteGone().delete(id)) this.#fresh.push(id)
  }

  /** Removes an id that is in the set. */
  delete(id: Id): void {
    this.#removed.push(id)
  }

  get size(): number {
    return this.#sorted.length + this.#fresh.length - this.#gone.size - this.#removed.length
  }

  #noteGone(): Set<Id> {
    for (const id of this.#removed) this.#gone.add(id)
    this.#removed = []
    return this.#gone
  }

  /** All ids in order; not to be changed, and good until the next change. */
  all(): ReadonlyArray<Id> {
    this.#settle(0)
    return this.#sorted
  }

  /** The ids above `after` in order. */
  *from(after: Id | undefined): Generator<Id, void> {
    // Few removed ids cost less to pass over than to take out.
    this.#settle(this.#sorted.length >>> 2)
    for (let index = after === undefined ? 0 : firstAbove(this.#sorted, after); index < this.#sorted.length; index++) {
      const id = this.#sorted[index]!
      if (!this.#gone.has(id)) yield id
    }
  }

  /** The ids below `before` from the last to the first. */
  *back(before: Id | undefined): Generator<Id, void> {
    this.#settle(this.#sorted.length >>> 2)
    const end =
      before === undefined
        ? this.#sorted.length
        : firstWhere(this.#sorted.length, (index) => this.#sorted[index]! >= before)
    for (let index = end - 1; index >= 0; index--) {
      const id = this.#sorted[index]!
      if (!this.#gone.has(id)) yield id
    }
  }

  #settle(tolerated: number): void {
    this.#noteGone()
    if (this.#fresh.length === 0 && this.#gone.size <= tolerated) return
    const sorted = this.#gone.size === 0 ? this.#sorted : this.#sorted.filter((id) => !this.#gone.has(id))
    const fresh = this.#gone.size === 0 ? this.#fresh : this.#fresh.filter((id) => !this.#gone.has(id))
    this.#sorted = merge(sorted, fresh.sort())
    this.#fresh = []
    this.#gone.clear()
  }
}

const merge = <Id extends string>(left: Array<Id>, right: Array<Id>): Array<Id> => {
  if (right.length === 0) return left
  const merged: Array<Id> = []
  let l = 0
  let r = 0
  while (l < left.length && r < right.length) merged.push(left[l]! < right[r]! ? left[l++]! : right[r++]!)
  while (l < left.length) merged.push(left[l++]!)
  while (r < right.length) merged.push(right[r++]!)
  return merged
}

/** The ids of two ordered sources in order; `isDown` says that they, and the result, go from the last to the first. */
export function* mergeOrdered<Id extends string>(
  left: Iterable<Id>,
  right: Iterable<Id>,
  isDown = false
): Generator<Id, void> {
  const rest = right[Symbol.iterator]()
  let next = rest.next()
  for (const id of left) {
    for (; next.done !== true && next.value < id !== isDown; next = rest.next()) yield next.value
    yield id
  }
  for (; next.done !== true; next = rest.next()) yield next.value
}

/** The index of the first element above a value, in an ordered array. */
export const firstAbove = <A extends string | number>(ordered: ReadonlyArray<A>, value: A): number =>
  firstWhere(ordered.length, (index) => ordered[index]! > value)

/** The first index for which the test holds, when it holds for all after it; `length` when for none. */
export const firstWhere = (length: number, test: (index: number) => boolean): number => {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (test(middle)) high = middle
    else low = middle + 1
  }
  return low
}
