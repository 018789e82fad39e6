/**
 * The company as billing is opened for it: what it will charge is part of that.
 */
import * as Effect from "effect/Effect"
import * as Company from "../company/Company.ts"
import { ofAnswers, withRules } from "../company/Identity.ts"
import { Digest, draw } from "../values/Digest.ts"
import { TaskId } from "../values/Ids.ts"
import { Pricing } from "./books/Pricing.ts"

/** Tasks that every host prices to compare its policy, by draws that everybody may know. */
const asked = ["Mend the roof", "Urgent: mend the gate", "Count the ducks in the moat"].map((title, index) => ({
  id: TaskId.make(`popug.probe-${index + 1}`),
  title
}))

export const identified = Effect.gen(function* () {
  const identity = yield* Company.identified
  const { sha256 } = yield* Digest
  const price = yield* Pricing
  const { currency } = identity
  const pricing = ofAnswers(sha256, () =>
    asked.map((task) =>
      price({ task, currency, draw: (purpose) => draw(sha256, "popug.probe", "price", [task.id, purpose]) })
    )
  )
  return withRules(identity, { pricing })
})
