/**
 * The companies of a server over HTTP, for whoever operates it: to open them, to put them to rest and wake them, and to
 * see how they do. What is in a company is nothing that is shown here.
 */
import { CompanyRecord, NewUser, UserId } from "@popug/core"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Operator, RateLimit } from "./middleware.ts"
import * as Problem from "./Problem.ts"
import { StreamStatus } from "./View.ts"
import { Page, paging, Period } from "./wire.ts"

const { id } = CompanyRecord.fields
const { closing, currency, cutoff, timeZone } = CompanyRecord.fields.settings.fields
const longestJump = Schema.Int.check(Schema.isGreaterThan(0))

const settings = { timeZone, cutoff, currency, closing }

const FirstAdmin = Schema.Struct({
  id: UserId,
  name: Schema.optionalKey(NewUser.fields.name),
  identities: NewUser.fields.identities
}).annotate({ identifier: "FirstAdmin" })

const OpenCompany = Schema.Struct({
  id,
  database: Schema.optionalKey(Schema.String.check(Schema.isBetweenLength(1, 63))),
  timeZone: Schema.optionalKey(timeZone),
  cutoff: Schema.optionalKey(cutoff),
  currency: Schema.optionalKey(currency),
  closing: Schema.optionalKey(closing),
  longestJump: Schema.optionalKey(longestJump),
  admin: FirstAdmin
}).annotate({ identifier: "OpenCompany" })

const entry = {
  id: Schema.String,
  database: Schema.String,
  status: Schema.Literals(["open", "resting"]),
  ...settings,
  longestJump: Schema.NullOr(Schema.Int)
}
/** A company as the directory has it. */
export const CompanyEntry = Schema.Struct(entry).annotate({ identifier: "CompanyEntry" })

/** One whose record this server can't read; the others of its page are as they are. */
export const UnreadableEntry = Schema.Struct({ id: Schema.String, unreadable: Schema.String }).annotate({
  identifier: "UnreadableEntry"
})

/** A database of the server: `away` passes by itself, `unusable` stays until somebody acts. */
const Database = Schema.Struct({
  name: Schema.String,
  isDefault: Schema.Boolean,
  status: Schema.Literals(["up", "away", "unusable"])
}).annotate({ identifier: "Database" })
export const Databases = Schema.Struct({ data: Schema.Array(Database) }).annotate({ identifier: "Databases" })

const { behind, consumer, number, source, stopped } = StreamStatus.fields

/** The same, and how it does. */
export const CompanyHealth = Schema.Struct({
  ...entry,
  isInUse: Schema.Boolean,
  health: Schema.NullOr(
    Schema.Struct({
      period: Schema.NullOr(Period),
      dueAt: Schema.NullOr(Schema.DateTimeUtc),
      consumers: Schema.Array(Schema.Struct({ consumer, source, number, behind, stopped })),
      attempts: Schema.Int
    })
  )
}).annotate({ identifier: "CompanyHealth" })

/** What is told of a refusal that came after the answer: the problem that it would have been. */
const Refusal = Schema.Struct({
  type: Schema.String,
  title: Schema.String,
  status: Schema.Int,
  detail: Schema.optionalKey(Schema.String)
})

/**
 * Where a company lives, and the last move of it that this node of the server knows of: one that broke off with its
 * node is finished by the same request.
 */
export const CompanyMove = Schema.Struct({
  id: Schema.String,
  database: Schema.String,
  status: Schema.Literals(["open", "resting"]),
  move: Schema.NullOr(
    Schema.Struct({
      to: Schema.String,
      status: Schema.Literals(["moving", "moved", "failed"]),
      step: Schema.Literals(["resting", "copying", "comparing", "verifying", "leaving", "waking"]),
      rows: Schema.Int,
      startedAt: Schema.DateTimeUtc,
      endedAt: Schema.NullOr(Schema.DateTimeUtc),
      problem: Schema.NullOr(Refusal)
    })
  )
}).annotate({ identifier: "CompanyMove" })

const MoveCompany = Schema.Struct({
  database: Schema.String.check(Schema.isBetweenLength(1, 63)),
  wake: Schema.optionalKey(Schema.Boolean)
}).annotate({ identifier: "MoveCompany" })

const params = { id: Schema.String.check(Schema.isBetweenLength(1, 100)) }
const known = [Problem.InvalidInput, Problem.UnknownCompany, Problem.Unavailable] as const

/** `/v1/companies`, and `/v1/databases`. */
export class Platform extends HttpApiGroup.make("platform")
  .add(
    HttpApiEndpoint.post("open", "/", {
      payload: OpenCompany,
      success: CompanyEntry.pipe(HttpApiSchema.status(201)),
      error: [
        Problem.InvalidInput,
        Problem.UnknownDatabase,
        Problem.CompanyAlreadyExists,
        Problem.CompanyMismatch,
        Problem.CompanyResting,
        Problem.Unavailable
      ]
    }),
    HttpApiEndpoint.get("list", "/", {
      query: paging,
      success: Page(Schema.Union([CompanyEntry, UnreadableEntry])),
      error: [Problem.InvalidInput, Problem.Unavailable]
    }),
    HttpApiEndpoint.get("get", "/:id", { params, success: CompanyHealth, error: known }),
    HttpApiEndpoint.post("rest", "/:id/rest", { params, success: CompanyEntry, error: known }),
    HttpApiEndpoint.post("wake", "/:id/wake", { params, success: CompanyEntry, error: known }),
    HttpApiEndpoint.post("move", "/:id/move", {
      params,
      payload: MoveCompany,
      success: CompanyMove,
      error: [...known, Problem.UnknownDatabase, Problem.MoveRefused]
    }),
    HttpApiEndpoint.get("moving", "/:id/move", { params, success: CompanyMove, error: known })
  )
  .prefix("/v1/companies")
  .add(HttpApiEndpoint.get("databases", "/v1/databases", { success: Databases, error: [Problem.Unavailable] }))
  .middleware(Operator)
  .middleware(RateLimit) {}
