import { Ids, UserStore } from "@popug/core"
import { Memory } from "@popug/memory"
import { conforms, digest, ids, userStore } from "@popug/testkit/conformance"
import * as Layer from "effect/Layer"
import { describe, it } from "vitest"

describe("conforms", () => {
  it("takes opt-outs by the sentences of the suite", () => {
    conforms(ids, "mine", Ids.layer, { optOut: { "makes ids that grow in byte order": "because" } })
    // @ts-expect-error: no promise of this suite
    conforms(ids, "mine", Ids.layer, { optOut: { "makes ids of gold": "because" } })
    // @ts-expect-error: an opt-out has a reason
    conforms(ids, "mine", Ids.layer, { optOut: { "makes ids that grow in byte order": true } })
  })

  it("takes a layer that gives what the suite needs", () => {
    conforms(digest, "mine", Memory.layerDigest)
    conforms(userStore, "mine", Memory.layer)
    // @ts-expect-error: the suite reads the log too
    conforms(userStore, "mine", Layer.succeed(UserStore, {} as UserStore["Service"]))
  })
})
