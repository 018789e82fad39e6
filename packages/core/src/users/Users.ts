/**
 * The users context: who is in the company, in which roles, and whether they are active (`auth` in the event storming).
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import type { Company } from "../company/Company.ts"
import { ExternalIdentity, type IdentityTaken, keyOf } from "../company/ExternalIdentity.ts"
import type { CompanyMismatch } from "../company/Identity.ts"
import { IdentityDirectory } from "../company/IdentityDirectory.ts"
import type * as Command from "../stream/Command.ts"
import type * as Commit from "../stream/Commit.ts"
import type { EventBus } from "../stream/EventBus.ts"
import type { Digest } from "../values/Digest.ts"
import { Ids, UserId } from "../values/Ids.ts"
import * as Input from "../values/Input.ts"
import { look, named, searched } from "../values/look.ts"
import { type Looked, type PageRequest, type Paging, parse as pageOf } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import { traced } from "../values/traced.ts"
import {
  NewUser,
  type UserAlreadyExists,
  UserChange,
  type UserCommand,
  UserNotFound,
  type UserOutcomes
} from "./commands.ts"
import { start } from "./commits.ts"
import * as User from "./User.ts"
import { type UserFilter, UserStore } from "./UserStore.ts"

/** Which users are listed. */
export interface ListedUsers extends UserFilter {
  /** Only those whose name or id has all the words of this, in capitals or not. */
  readonly search?: string
}

/** How many users one search looks at. */
const most = 10_000

export class Users extends Context.Service<
  Users,
  {
    /** `user.create`, for many at once: all are created, or none. For admins. */
    readonly create: (
      actor: Actor.Actor,
      users: ReadonlyArray<NewUser>,
      options?: Command.CommandOptions
    ) => Effect.Effect<
      Command.Committed<ReadonlyArray<User.User>>,
      Commit.CommonError | UserAlreadyExists | IdentityTaken
    >
    /** `user.update`: name, roles, status and identities; what is left out stays. For admins. */
    readonly update: (
      actor: Actor.Actor,
      change: UserChange,
      options?: Command.ConditionalOptions<User.User>
    ) => Effect.Effect<
      Command.Committed<User.User>,
      Commit.CommonError | UserNotFound | IdentityTaken | Command.Changed
    >
    /** The user who acts. The system is no user: `UnknownActor`. */
    readonly me: (actor: Actor.Actor) => Effect.Effect<User.User, Actor.ActorError | StoreError>
    /** One user: the actor, or anybody for admins, managers and accountants. */
    readonly get: (
      actor: Actor.Actor,
      id: string
    ) => Effect.Effect<User.User, Actor.ActorError | Access.NotAllowed | UserNotFound | StoreError>
    /**
     * The user of this external identity; null if there is none. For admins, and for the system, which asks whose
     * a token is.
     */
    readonly identify: (
      actor: Actor.Actor,
      identity: ExternalIdentity
    ) => Effect.Effect<User.User | null, Input.InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError>
    /**
     * Users by id. For admins, managers and accountants. One call that searches looks at 10,000 users at most: it may
     * return fewer than `limit`, or none, and more to come.
     */
    readonly list: (
      actor: Actor.Actor,
      filter: ListedUsers,
      paging?: PageRequest
    ) => Effect.Effect<
      Looked<User.User, UserId>,
      Input.InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError
    >
  }
>()("@popug/core/Users") {
  static readonly layer: Layer.Layer<
    Users,
    CompanyMismatch | StoreError,
    Company | UserStore | EventBus | Ids | Digest | Actor.Directory
  > = Layer.effect(
    Users,
    Effect.suspend(() => make)
  )
}

/** The directory of who acts, read from the users themselves. */
export const layerDirectory: Layer.Layer<Actor.Directory, never, UserStore> = Layer.effect(
  Actor.Directory,
  Effect.map(UserStore, (store) => ({ lookup: (ids) => store.get(ids as ReadonlyArray<UserId>) }))
)

/** Whose an identity is, read from the users themselves. */
export const layerIdentities: Layer.Layer<IdentityDirectory, never, UserStore> = Layer.effect(
  IdentityDirectory,
  Effect.map(UserStore, (store) => ({
    lookup: (identities) => {
      const asked = new Set(identities.map(keyOf))
      return Effect.map(store.byIdentity(identities), (users) =>
        users.flatMap(({ id, identities: own = [] }) =>
          own.filter((identity) => asked.has(keyOf(identity))).map((identity) => ({ ...identity, id }))
        )
      )
    },
    withoutIdentity: (ids) =>
      Effect.map(store.get(ids), (users) =>
        users.flatMap(({ id, identities = [] }) => (identities.length === 0 ? [id] : []))
      )
  }))
)

const parseNewUsers = Input.parseOne("users", Schema.Array(NewUser))
const parseFilter = Input.parse(
  Schema.Struct({
    status: Schema.optionalKey(Actor.UserStatus),
    role: Schema.optionalKey(Actor.Role),
    search: Schema.optionalKey(searched)
  })
)
const parsePage = pageOf(UserId)
const parseChange = Input.parse(UserChange)
const parseIdentity = Input.parse(ExternalIdentity)

/** What the operations work with. */
interface Inside {
  readonly store: UserStore["Service"]
  readonly ids: Ids["Service"]
  readonly submit: Commit.Submit<UserCommand, UserOutcomes>
}

const make = Effect.gen(function* () {
  const directory = yield* Effect.context<Actor.Directory>()
  const inside: Inside = { store: yield* UserStore, ids: yield* Ids, submit: yield* start }
  return Users.of({
    create: create(inside),
    update: update(inside),
    me: flow(me(inside), Effect.provideContext(directory)),
    get: flow(get(inside), Effect.provideContext(directory)),
    identify: flow(identify(inside), Effect.provideContext(directory)),
    list: flow(list(inside), Effect.provideContext(directory))
  })
})

const create = ({ ids, submit }: Inside) =>
  traced("Users.create")(function* (
    actor: Actor.Actor,
    input: ReadonlyArray<NewUser>,
    options?: Command.CommandOptions
  ) {
    const parsed = yield* parseNewUsers(input)
    const fresh = (yield* ids.many(parsed.filter((user) => user.id === undefined).length)).values()
    const users = parsed.map((user) => ({ ...user, id: user.id ?? UserId.make(fresh.next().value!) }))
    return yield* submit(actor, { _tag: "Create", users }, parsed, options)
  })

const update = ({ submit }: Inside) =>
  traced("Users.update")(function* (
    actor: Actor.Actor,
    input: UserChange,
    options?: Command.ConditionalOptions<User.User>
  ) {
    const change = yield* parseChange(input)
    return yield* submit(actor, { _tag: "Update", ...change, onlyIf: options?.onlyIf }, change, options)
  })

const me = ({ store }: Inside) =>
  traced("Users.me")(function* (actor: Actor.Actor) {
    const active = yield* Actor.require(actor)
    const [user] = actor._tag === "System" ? [] : yield* store.get([actor.id as UserId])
    return user === undefined ? yield* new Actor.UnknownActor({ actor: active.key }) : User.shownTo(active, user)
  })

const get = ({ store }: Inside) =>
  traced("Users.get")(function* (actor: Actor.Actor, id: string) {
    const active = yield* Actor.require(actor)
    if (!Actor.isUser(active, id) && !Access.may(active, "see all users")) {
      return yield* Access.refuse(actor, "see all users")
    }
    const [user] = yield* store.get([id as UserId])
    return user === undefined ? yield* new UserNotFound({ id }) : User.shownTo(active, user)
  })

const identify = ({ store }: Inside) =>
  traced("Users.identify")(function* (actor: Actor.Actor, identity: ExternalIdentity) {
    yield* Access.authorize(actor, "create or change users")
    const [user] = yield* store.byIdentity([yield* parseIdentity(identity)])
    return user ?? null
  })

const list = ({ store }: Inside) =>
  traced("Users.list")(function* (actor: Actor.Actor, input: ListedUsers, request?: PageRequest) {
    const active = yield* Access.authorize(actor, "see all users")
    const { search, ...filter } = yield* parseFilter(input)
    const paging = yield* parsePage(request)
    const isNamed = named(search ?? "")
    const { rows, ...page } = yield* look((at: Paging<UserId>) => store.list(filter, at), {
      paging,
      most: search === undefined ? paging.limit : most,
      keyOf: ({ id }) => id,
      isWanted: ({ id, name }) => isNamed(name, id)
    })
    return { ...page, rows: rows.map((user) => User.shownTo(active, user)) }
  })
