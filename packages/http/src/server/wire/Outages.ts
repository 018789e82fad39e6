/**
 * The outages of the store that requests meet: one trouble for all that a server serves, so that its log says each once
 * as it begins, and once when it is over.
 */
import { Trouble } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const what = "requests could not be served"

/** For how long the store must serve all that is asked of it before its outage is over, in milliseconds. */
const quiet = 5_000

/** Where no server keeps them, each request that meets one says so. */
export const Outages = Context.Reference<Trouble.Trouble>("@popug/http/Outages", {
  defaultValue: () => ({ met: (cause) => Effect.logWarning(what, cause), over: Effect.void })
})

/** Those of one server's store; a layer of its own for each server. */
export const layer = (): Layer.Layer<never> => Layer.sync(Outages, () => Trouble.calmed(Trouble.make(what), quiet))
