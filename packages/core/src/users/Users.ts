/**
 * The users context: who is in the company, in which roles, and whether they are active (the seed's auth).
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import type * as Command from "../stream/Command.ts"
import * as Input from "../values/Input.ts"
import * as Commit from "../stream/Commit.ts"
import { type Company, identified } from "../company/Company.ts"
import type { CompanyMismatch } from "../company/Identity.ts"
import { Digest } from "../values/Digest.ts"
import type { EventBus } from "../stream/EventBus.ts"
import * as Head from "../stream/Head.ts"
import { Ids, UserId } from "../values/Ids.ts"
import { type Page, type PageRequest, parse as pageOf } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import { ExternalIdentity, type IdentityTaken } from "../company/ExternalIdentity.ts"
import { draftUserEvent } from "./events.ts"
import * as User from "./User.ts"
import { type UserFilter, UserStore, type UserTransaction } from "./UserStore.ts"

export class Users extends Context.Service<
  Users,
  {
    /** The seed's `user.create`, for many at once: all are created, or none. For admins. */
    readonly create: (
      actor: Actor.Actor,
      users: ReadonlyArray<User.NewUser>,
      options?: Command.CommandOptions
    ) => Effect.Effect<
      Command.Committed<ReadonlyArray<User.User>>,
      Commit.CommonError | User.UserAlreadyExists | IdentityTaken
    >
    /** The seed's `user.update`: name, roles, status and identities; what is left out stays. For admins. */
    readonly update: (
      actor: Actor.Actor,
      change: User.UserChange,
      options?: Command.ConditionalOptions<User.User>
    ) => Effect.Effect<
      Command.Committed<User.User>,
      Commit.CommonError | User.UserNotFound | IdentityTaken | Command.Changed
    >
    /** The user who acts. The system is no user: `UnknownActor`. */
    readonly me: (actor: Actor.Actor) => Effect.Effect<User.User, Actor.ActorError | StoreError>
    /** One user: oneself, or anybody for admins, managers and accountants. */
    readonly get: (
      actor: Actor.Actor,
      id: string
    ) => Effect.Effect<User.User, Actor.ActorError | Access.NotAllowed | User.UserNotFound | StoreError>
    /**
     * The user who is this to an identity provider; null if nobody is. For admins, and for the system, which asks whose
     * a token is.
     */
    readonly identify: (
      actor: Actor.Actor,
      identity: ExternalIdentity
    ) => Effect.Effect<User.User | null, Input.InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError>
    /** Users by id. For admins, managers and accountants. */
    readonly list: (
      actor: Actor.Actor,
      filter: UserFilter,
      paging?: PageRequest
    ) => Effect.Effect<Page<User.User>, Input.InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError>
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

const parseNewUsers = Input.parseOne("users", Schema.Array(User.NewUser))
const parseFilter = Input.parse(
  Schema.Struct({ status: Schema.optionalKey(Actor.UserStatus), role: Schema.optionalKey(Actor.Role) })
)
const parsePage = pageOf(UserId)
const parseChange = Input.parse(User.UserChange)
const parseIdentity = Input.parse(ExternalIdentity)

const make = Effect.gen(function* () {
  const store = yield* UserStore
  const ids = yield* Ids
  const { sha256 } = yield* Digest
  const directory = yield* Effect.context<Actor.Directory>()
  yield* store.open(yield* identified)

  const submit = yield* Commit.start<
    UserTransaction,
    User.UserCommand,
    User.UserOutcomes,
    User.UserState,
    User.UserEvent
  >({
    transact: store.transact,
    recorded: (tx, commands) => Effect.map(tx.load({ users: [], commands }), (loaded) => loaded.commands),
    load: (tx, commands, ids) =>
      Effect.map(tx.load({ ...named(commands), commands: ids }), (loaded) => ({
        state: new Map(loaded.users.map((user) => [user.id, user])),
        recorded: loaded.commands
      })),
    decide: User.decide,
    withhold: User.withhold,
    evolve: User.evolve,
    save: Effect.fnUntraced(function* (tx, state, changes, records) {
      const drafts = changes.map(({ actor, change }) => draftUserEvent(change.type, actor, change.data as never))
      const { events, head } = Head.append(sha256, "users", tx.head, tx.now, drafts)
      const changed = new Set(changes.map(({ change }) => change.data.id))
      yield* tx.save({ head, events, users: [...changed].map((id) => state.get(id)!), commands: records })
      return { events, head }
    })
  })

  const create = Effect.fn("Users.create")(function* (
    actor: Actor.Actor,
    input: ReadonlyArray<User.NewUser>,
    options?: Command.CommandOptions
  ) {
    const parsed = yield* parseNewUsers(input)
    const fresh = (yield* ids.many(parsed.filter((user) => user.id === undefined).length)).values()
    const users = parsed.map((user) => ({ ...user, id: user.id ?? UserId.make(fresh.next().value!) }))
    return yield* submit(actor, "user.create", parsed, { _tag: "Create", users }, options)
  })

  const update = Effect.fn("Users.update")(function* (
    actor: Actor.Actor,
    input: User.UserChange,
    options?: Command.ConditionalOptions<User.User>
  ) {
    const change = yield* parseChange(input)
    const command = { _tag: "Update", ...change, onlyIf: options?.onlyIf } as const
    return yield* submit(actor, "user.update", change, command, options)
  })

  const me = Effect.fn("Users.me")(function* (actor: Actor.Actor) {
    const active = yield* Actor.require(actor)
    const [user] = actor._tag === "System" ? [] : yield* store.get([actor.id as UserId])
    return user === undefined ? yield* new Actor.UnknownActor({ actor: Actor.key(actor) }) : User.shownTo(active, user)
  }, Effect.provideContext(directory))

  const get = Effect.fn("Users.get")(function* (actor: Actor.Actor, id: string) {
    const active = yield* Actor.require(actor)
    if (!Actor.isUser(active, id) && !Access.may(active, "see all users")) {
      return yield* Access.refuse(actor, "see all users")
    }
    const [user] = yield* store.get([id as UserId])
    return user === undefined ? yield* new User.UserNotFound({ id }) : User.shownTo(active, user)
  }, Effect.provideContext(directory))

  const identify = Effect.fn("Users.identify")(function* (actor: Actor.Actor, identity: ExternalIdentity) {
    yield* Access.authorize(actor, "create or change users")
    const [user] = yield* store.byIdentity([yield* parseIdentity(identity)])
    return user ?? null
  }, Effect.provideContext(directory))

  const list = Effect.fn("Users.list")(function* (actor: Actor.Actor, filter: UserFilter, paging?: PageRequest) {
    const active = yield* Access.authorize(actor, "see all users")
    const { rows, ...page } = yield* store.list(yield* parseFilter(filter), yield* parsePage(paging))
    return { ...page, rows: rows.map((user) => User.shownTo(active, user)) }
  }, Effect.provideContext(directory))

  return Users.of({ create, update, me, get, identify, list })
})

/** The users that a batch names, by id or by identity. */
const named = (commands: ReadonlyArray<User.UserCommand>) => {
  const all: ReadonlyArray<{ readonly id: UserId; readonly identities?: ReadonlyArray<ExternalIdentity> }> =
    commands.flatMap((command): ReadonlyArray<Pick<User.User, "id" | "identities">> =>
      command._tag === "Create" ? command.users : [{ id: command.id, identities: command.identities ?? [] }]
    )
  return {
    users: [...new Set(all.map(({ id }) => id))],
    identities: all.flatMap(({ identities = [] }) => identities)
  }
}
