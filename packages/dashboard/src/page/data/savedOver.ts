/**
 * Saving what somebody typed over a thing that others change too: what they did not touch stays as the others made it,
 * and nobody writes over what they have not seen.
 */

/** The fields of a thing as they were when somebody began to type, and the tag of that. */
export interface Seen<A> {
  readonly was: A
  readonly etag?: string | undefined
}

/** The fields that were changed. */
export const changesOf = <A extends object>(was: A, typed: A): Partial<A> =>
  Object.fromEntries(
    Object.entries(typed).filter(([name, value]) => !isSame(value, was[name as keyof A]))
  ) as Partial<A>

/** Lists are the same in any order. */
const isSame = (one: unknown, other: unknown): boolean =>
  Array.isArray(one) && Array.isArray(other) ? one.toSorted().join() === other.toSorted().join() : one === other

/** What was typed, over the thing as it is now; and whether others made something else of the same fields. */
export const over = <A extends object>(was: A, typed: A, now: A): { readonly typed: A; readonly clashes: boolean } => {
  const mine = changesOf(was, typed)
  const theirs = changesOf(was, now)
  const clashes = Object.keys(mine).some(
    (name) => name in theirs && !isSame(mine[name as keyof A], theirs[name as keyof A])
  )
  return { typed: { ...now, ...mine }, clashes }
}

interface Saving<A> {
  /** Saves some fields of the thing with a tag. */
  readonly save: (changes: Partial<A>, etag: string | undefined) => Promise<void>
  /** Whether a refusal says that it is not the thing with the tag any more. */
  readonly isChanged: (refusal: unknown) => boolean
  /** The thing as it is now. */
  readonly look: () => Promise<Seen<A>>
}

/** How often what others changed is taken in before somebody is told. */
const tries = 3

/**
 * Saves; returns what is to be looked at again when others have changed the same fields, with what was typed. Throws
 * what else it is refused with.
 */
export const savedOver = async <A extends object>(
  seen: Seen<A>,
  typed: A,
  { isChanged, look, save }: Saving<A>
): Promise<(Seen<A> & { readonly typed: A; readonly refusal: unknown }) | undefined> => {
  let at = seen
  let mine = typed
  for (let attempt = 1; ; attempt++) {
    const changes = changesOf(at.was, mine)
    if (Object.keys(changes).length === 0) return undefined
    try {
      await save(changes, at.etag)
      return undefined
    } catch (refusal) {
      if (!isChanged(refusal)) throw refusal
      const now = await look()
      const found = over(at.was, mine, now.was)
      mine = found.typed
      at = now
      if (found.clashes || attempt === tries) return { ...now, typed: mine, refusal }
    }
  }
}
