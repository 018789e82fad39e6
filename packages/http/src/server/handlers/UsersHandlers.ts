/**
 * `/v1/users`: from the wire to the users context, and back.
 */
import { Digest, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Layer from "effect/Layer"
import { Api } from "../../api/Api.ts"
import { CommandKey, CurrentActor } from "../../api/middleware.ts"
import * as Contract from "../contract/Contract.ts"
import { Caller } from "../guard/auth/Caller.ts"
import { Turns } from "../guard/Turns.ts"
import { asProblems } from "../wire/asProblems.ts"
import { conditional, etagOf, onlyIf } from "../wire/etag.ts"
import { idOf } from "../wire/idOf.ts"
import * as Pages from "../wire/Pages.ts"
import { Prefix } from "../wire/Prefix.ts"

const listed = Pages.byText("users")

export const layer = Contract.group(
  Api,
  "users",
  Effect.fnUntraced(function* (handlers) {
    const users = yield* Users
    const { sha256 } = yield* Digest.Digest
    const prefix = yield* Prefix
    const turns = yield* Turns
    return handlers.handleAll({
      create: Effect.fnUntraced(function* ({ payload }) {
        const { answer } = yield* asProblems(users.create(yield* CurrentActor, [payload], yield* CommandKey))
        const body = answer[0]!
        return HttpApiSchema.withHeaders({
          body,
          headers: { etag: etagOf(sha256, body), location: `${prefix}/v1/users/${body.id}` }
        })
      }),
      createMany: Effect.fnUntraced(function* ({ payload }) {
        yield* (yield* Caller).countBatch(payload.users)
        const { answer } = yield* asProblems(users.create(yield* CurrentActor, payload.users, yield* CommandKey))
        return { data: answer }
      }),
      update: Effect.fnUntraced(function* ({ headers, params, payload }) {
        const options = { ...(yield* CommandKey), ...onlyIf(sha256, headers["if-match"]) }
        const actor = yield* CurrentActor
        const change = { ...payload, id: idOf(actor, params.id) }
        const { answer: body } = yield* asProblems(users.update(actor, change, options))
        return HttpApiSchema.withHeaders({ body, headers: { etag: etagOf(sha256, body) } })
      }),
      list: Effect.fnUntraced(function* ({ query }) {
        const filter = Pages.filterOf(query)
        const actor = yield* CurrentActor
        const read = users.list(actor, filter, yield* listed.asked(query))
        const page = yield* asProblems(filter.search === undefined ? read : turns.of(actor)(read))
        return listed.looked(query, page, (row) => row)
      }),
      get: Effect.fnUntraced(function* ({ headers, params }) {
        const actor = yield* CurrentActor
        const body = yield* asProblems(users.get(actor, idOf(actor, params.id)))
        return yield* conditional(sha256, headers["if-none-match"], body)
      })
    })
  })
).pipe(Layer.provide(Turns.layer))
