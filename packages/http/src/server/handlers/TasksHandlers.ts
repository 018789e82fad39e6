/**
 * `/v1/tasks`: from the wire to the tasks context, and back.
 */
import { Digest, type Task, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
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

const listed = Pages.byText("tasks")

/** The queries, to be put among the handlers of the group. */
const reads = Effect.gen(function* () {
  const tasks = yield* Tasks
  const turns = yield* Turns
  const { sha256 } = yield* Digest.Digest

  const list = HttpApiBuilder.handler(
    Api,
    "tasks",
    "list",
    Effect.fnUntraced(function* ({ query }) {
      const actor = yield* CurrentActor
      const { assignee, order, ...filter } = Pages.filterOf(query)
      const asked = { ...filter, ...(assignee === undefined ? {} : { assignee: idOf(actor, assignee) }) }
      const read = tasks.list(actor, asked, { ...(yield* listed.asked(query)), order })
      const page = yield* asProblems(filter.search === undefined ? read : turns.of(actor)(read))
      return listed.looked(query, page, (row) => row)
    })
  )

  const counts = HttpApiBuilder.handler(
    Api,
    "tasks",
    "counts",
    Effect.fnUntraced(function* () {
      return yield* asProblems(tasks.counts(yield* CurrentActor))
    })
  )

  const get = HttpApiBuilder.handler(
    Api,
    "tasks",
    "get",
    Effect.fnUntraced(function* ({ headers, params }) {
      const body = yield* asProblems(tasks.get(yield* CurrentActor, params.id))
      return yield* conditional(sha256, headers["if-none-match"], body)
    })
  )

  return { list, counts, get }
})

export const layer = Contract.group(
  Api,
  "tasks",
  Effect.fnUntraced(function* (handlers) {
    const tasks = yield* Tasks
    const { sha256 } = yield* Digest.Digest
    const prefix = yield* Prefix
    const tagged = (body: Task.Task) => HttpApiSchema.withHeaders({ body, headers: { etag: etagOf(sha256, body) } })
    return handlers.handleAll({
      create: Effect.fnUntraced(function* ({ payload }) {
        const { answer } = yield* asProblems(tasks.create(yield* CurrentActor, [payload], yield* CommandKey))
        const body = answer[0]!
        return HttpApiSchema.withHeaders({
          body,
          headers: { etag: etagOf(sha256, body), location: `${prefix}/v1/tasks/${body.id}` }
        })
      }),
      createMany: Effect.fnUntraced(function* ({ payload }) {
        yield* (yield* Caller).countBatch(payload.tasks)
        const { answer } = yield* asProblems(tasks.create(yield* CurrentActor, payload.tasks, yield* CommandKey))
        return { data: answer }
      }),
      edit: Effect.fnUntraced(function* ({ headers, params, payload }) {
        const options = { ...(yield* CommandKey), ...onlyIf<Task.Task>(sha256, headers["if-match"]) }
        const edit = { ...payload, id: params.id }
        const { answer } = yield* asProblems(tasks.edit(yield* CurrentActor, edit, options))
        return tagged(answer)
      }),
      assign: Effect.fnUntraced(function* ({ headers, params, payload }) {
        const options = { ...(yield* CommandKey), ...onlyIf<Task.Task>(sha256, headers["if-match"]) }
        const { answer } = yield* asProblems(tasks.assign(yield* CurrentActor, params.id, payload.assignee, options))
        return tagged(answer)
      }),
      complete: Effect.fnUntraced(function* ({ headers, params }) {
        const options = { ...(yield* CommandKey), ...onlyIf<Task.Task>(sha256, headers["if-match"]) }
        const { answer } = yield* asProblems(tasks.complete(yield* CurrentActor, params.id, options))
        return tagged(answer)
      }),
      completeMany: Effect.fnUntraced(function* ({ payload }) {
        yield* (yield* Caller).countBatch(payload.ids)
        const { answer } = yield* asProblems(tasks.completeMany(yield* CurrentActor, payload.ids, yield* CommandKey))
        return { data: answer }
      }),
      shuffle: Effect.fnUntraced(function* () {
        const { answer } = yield* asProblems(tasks.shuffle(yield* CurrentActor, yield* CommandKey))
        return answer
      }),
      endRegistration: Effect.fnUntraced(function* ({ payload }) {
        const options = { ...payload, ...(yield* CommandKey) }
        const { answer } = yield* asProblems(tasks.endRegistration(yield* CurrentActor, options))
        return answer
      }),
      ...(yield* reads)
    })
  })
).pipe(Layer.provide(Turns.layer))
