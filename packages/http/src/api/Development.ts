/**
 * For development alone, and only when a server was told to: logging in as anybody, and making days pass.
 */
import { UserId } from "@popug/core"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Schema from "effect/Schema"
import * as Problem from "./Problem.ts"
import { UserView } from "./Users.ts"
import { Period } from "./wire.ts"

/** Answers only requests to a loopback name or address; 403 to those that a foreign page or name brought here. */
export class LoopbackOnly extends HttpApiMiddleware.Service<LoopbackOnly>()("@popug/http/LoopbackOnly", {
  error: Problem.NotLoopback
}) {}

/** `/dev` */
export class Development extends HttpApiGroup.make("development")
  .add(
    HttpApiEndpoint.get("users", "/users", {
      success: Schema.Struct({ data: Schema.Array(UserView) }),
      error: Problem.Unavailable
    }),
    HttpApiEndpoint.post("login", "/login", {
      payload: Schema.Struct({ user: UserId }),
      success: Schema.Struct({ token: Schema.String, expiresAt: Schema.DateTimeUtc }),
      error: [Problem.UserNotFound, Problem.DeactivatedActor, Problem.Unavailable]
    }),
    HttpApiEndpoint.post("clock", "/clock", {
      payload: Schema.Struct({ days: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 31 })) }),
      success: Schema.Struct({ now: Schema.DateTimeUtc, period: Period }),
      error: [Problem.Unavailable, Problem.ClockOff]
    })
  )
  .middleware(LoopbackOnly)
  .prefix("/dev") {}
