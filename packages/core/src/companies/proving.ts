/**
 * The verification of a company that rests: nothing of it is opened, and none of its consumers runs.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Books } from "../billing/Books.ts"
import * as Actor from "../company/Actor.ts"
import { Company } from "../company/Company.ts"
import * as Popug from "../Popug.ts"
import { Consumers } from "../stream/Consumers.ts"
import { layerDirectory } from "../users/Users.ts"
import type { Difference } from "../values/Difference.ts"
import { StoreError } from "../values/StoreError.ts"
import { Verification } from "../Verification.ts"
import type { CompanyHome } from "./CompanyHome.ts"

/** All that stands on the ports of a company and is read by its verification. */
const reading = Verification.layer.pipe(
  Layer.provide(Layer.mergeAll(Books.layer, Popug.layerPayouts)),
  Layer.provide(Layer.mergeAll(Consumers.layer, layerDirectory))
)

/** Replays all that a company's rows in a home record, and returns the first difference from what they say. */
export const firstDifference = (
  home: CompanyHome["Service"],
  company: Company["Service"]
): Effect.Effect<Difference | null, StoreError> =>
  Effect.flatMap(Verification, ({ run }) => run(Actor.system)).pipe(
    Effect.provide(
      Layer.fresh(reading).pipe(Layer.provide(Layer.fresh(home.ports)), Layer.provide(Layer.succeed(Company, company))),
      { local: true }
    ),
    Effect.map(({ difference }) => difference),
    // The system is known, and asks for all.
    Effect.catchIf(
      (error) => !(error instanceof StoreError),
      (error) => Effect.die(error)
    )
  )
