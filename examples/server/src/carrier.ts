/**
 * What carries events between nodes, and to programs in other languages.
 */
import type { Company, Ports } from "@popug/core"
import { Nats } from "@popug/nats"
import * as Layer from "effect/Layer"
import { items } from "./kinds.ts"
import type { Settings } from "./settings.ts"

/** NATS where there is one; otherwise the store does, whose ports these are. */
export const carried = <A, E>(
  { POPUG_NATS_URL: nats }: Settings,
  ports: Layer.Layer<A | Ports, E, Company>
): Layer.Layer<A | Ports, E, Company> =>
  nats === undefined ? ports : Layer.orDie(Nats.layer({ servers: items(nats) })).pipe(Layer.provideMerge(ports))
