/**
 * Atoms in React: all that the page needs of bindings. One registry holds what the page knows.
 */
import type * as Atom from "effect/reactivity/Atom"
import * as AtomRegistry from "effect/reactivity/AtomRegistry"
import { useCallback, useSyncExternalStore } from "react"

export const registry = AtomRegistry.make({ defaultIdleTTL: 60_000 })

/** The value of an atom; the component is drawn again when it changes. */
export const useAtom = <A>(atom: Atom.Atom<A>): A => {
  const subscribe = useCallback((changed: () => void) => registry.subscribe(atom, changed), [atom])
  const get = useCallback(() => registry.get(atom), [atom])
  return useSyncExternalStore(subscribe, get)
}

/** Sets an atom from wherever one is. */
export const set = <R, W>(atom: Atom.Writable<R, W>, value: W): void => registry.set(atom, value)

/** Changes an atom by what it was. */
export const update = <A>(atom: Atom.Writable<A>, change: (value: A) => A): void =>
  registry.set(atom, change(registry.get(atom)))
