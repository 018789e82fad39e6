import { Company, Ids, Notifier, PollInterval, Popug } from "@popug/core"
import * as Layer from "effect/Layer"
import * as Sqlite from "../../src/Sqlite.ts"

/** A company in a file. Nothing polls. */
export const companyIn = (file: string) =>
  Popug.layer.pipe(
    Layer.provideMerge(Sqlite.layer({ file })),
    Layer.provide([Company.layer({ secret: "of prices" }), Ids.layer, Notifier.layerLog]),
    Layer.provide(Layer.succeed(PollInterval, null))
  )
