/**
 * Users over HTTP: who is in the company.
 */
import { Actor, NewUser, UserChange, UserId } from "@popug/core"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import * as Errors from "./Errors.ts"
import { Authorization, Idempotency, RateLimit } from "./middleware.ts"
import * as Problem from "./Problem.ts"
import {
  idempotencyKey,
  ifMatch,
  ifNoneMatch,
  Made,
  NotModified,
  Page,
  paging,
  search,
  Tagged,
  UserRef
} from "./wire.ts"

/** A user as it is sent, checked when it came in. */
export const UserView = Schema.Struct({
  id: UserId,
  name: Schema.String,
  roles: Schema.Array(Schema.String),
  status: Actor.UserStatus,
  identities: Schema.optionalKey(
    Schema.Array(Schema.Struct({ issuer: Schema.String, subject: Schema.String }).annotate({ identifier: "Identity" }))
  )
}).annotate({ identifier: "User" })
const newUser = NewUser.annotate({ identifier: "NewUser" })
const userChange = Schema.Struct({
  name: UserChange.fields.name,
  roles: UserChange.fields.roles,
  status: UserChange.fields.status,
  identities: UserChange.fields.identities
}).annotate({ identifier: "UserChange" })

const commands = [
  HttpApiEndpoint.post("create", "/", {
    headers: idempotencyKey,
    payload: newUser,
    success: Made(UserView),
    error: [...Errors.command, Problem.UserAlreadyExists, Problem.IdentityTaken]
  }),
  HttpApiEndpoint.post("createMany", "/batch", {
    headers: idempotencyKey,
    payload: Schema.Struct({
      users: Schema.Array(newUser).check(Schema.isBetweenLength(1, 1_000))
    }),
    success: Schema.Struct({ data: Schema.Array(UserView) }).annotate({ httpApiStatus: 201 }),
    error: [...Errors.command, Problem.UserAlreadyExists, Problem.IdentityTaken]
  }),
  HttpApiEndpoint.patch("update", "/:id", {
    params: { id: UserRef },
    headers: { ...idempotencyKey, ...ifMatch },
    payload: userChange,
    success: Tagged(UserView),
    error: [...Errors.command, Problem.UserNotFound, Problem.IdentityTaken, Problem.Changed]
  })
] as const

/** `/v1/users` */
export class Users extends HttpApiGroup.make("users")
  .add(...commands)
  .middleware(Idempotency)
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: {
        ...paging,
        status: Schema.optionalKey(Actor.UserStatus),
        role: Schema.optionalKey(Actor.Role),
        ...search
      },
      success: Page(UserView),
      error: Errors.read
    }),
    HttpApiEndpoint.get("get", "/:id", {
      params: { id: UserRef },
      headers: ifNoneMatch,
      success: [Tagged(UserView), NotModified],
      error: [...Errors.read, Problem.UserNotFound]
    })
  )
  .middleware(Authorization)
  .middleware(RateLimit)
  .prefix("/v1/users") {}
