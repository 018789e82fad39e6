/**
 * What the page asks the server: a question is an atom, asked when somebody looks and again when what it is about has
 * changed. While it is asked again, the answer of before stays.
 */
import { Client } from "@popug/http/client"
import * as Effect from "effect/Effect"
import type * as AsyncResult from "effect/reactivity/AsyncResult"
import * as Atom from "effect/reactivity/Atom"
import * as Reactivity from "effect/reactivity/Reactivity"
import { registry } from "../atoms/atoms.ts"
import { clientLayer } from "../session/session.ts"

export type Api = Client["Service"]
/** A question to the server. */
export type Ask<A, E> = (api: Api) => Effect.Effect<A, E>
export type Asked<A, E> = Atom.Atom<AsyncResult.AsyncResult<A, E>>

const runtime = Atom.runtime(clientLayer)

/** What answers are about: said by those who ask, and by those who know that it has changed. */
export type Topic = "tasks" | "users" | "accounts" | "periods" | "reports" | "streams" | "notices"

/** A question with everything in it that it depends on; `make` is called once for each different input. */
export const question = <Input, A, E>(
  topics: ReadonlyArray<Topic>,
  make: (input: Input) => Ask<A, E>
): ((input: Input) => Asked<A, E>) => {
  const family = Atom.family((key: string) =>
    runtime
      .atom(Effect.flatMap(Client, make(JSON.parse(key) as Input)))
      .pipe(runtime.factory.withReactivity(topics), Atom.setIdleTTL("1 minute"))
  )
  return (input) => family(JSON.stringify(input))
}

/** Has every question about these topics that somebody looks at asked again. */
const reactivity = runtime.atom(Effect.service(Reactivity.Reactivity))
export const haveChanged = (...topics: ReadonlyArray<Topic>): void => {
  const service = registry.get(reactivity)
  if (service._tag === "Success") service.value.invalidateUnsafe(topics)
}

/** Runs a command once, as whoever is signed in. */
export const command = <A, E>(run: Ask<A, E>): Promise<A> =>
  Effect.runPromise(Effect.provide(Effect.flatMap(Client, run), clientLayer))
