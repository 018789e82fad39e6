/**
 * Who acts. They are looked up among the users themselves for each batch of commands, never in a copy of another
 * context: whoever was deactivated or lost a role is refused from the next batch on, and where contexts run apart at
 * the latest when a lease is over (`Lease`). What they may do is in `Access`.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { UserId } from "../values/Ids.ts"
import type { StoreError } from "../values/StoreError.ts"

/** `admin`, `manager`, `accountant`, `worker` or any other lower-case word. */
export const Role = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/u, { expected: "a lower-case word" }),
  Schema.isBetweenLength(1, 40)
)
export type Role = typeof Role.Type

export const UserStatus = Schema.Literals(["active", "deactivated"])
export type UserStatus = typeof UserStatus.Type

/** Who acts: a user, or the system itself (bootstrap, schedule, reactions), which only code can be. */
export type Actor = { readonly _tag: "System" } | { readonly _tag: "User"; readonly id: string }

export const system: Actor = { _tag: "System" }
export const user = (id: string): Actor => ({ _tag: "User", id })

/** The actor as events and command digests carry it. */
export const key = (actor: Actor): string => (actor._tag === "System" ? "system" : `user:${actor.id}`)

/** The user whom a key names; null for the system. */
export const userOf = (key: string): UserId | null => (key.startsWith("user:") ? (key.slice(5) as UserId) : null)

/** An actor who was looked up and is allowed in: roles as they are now. */
export interface ActiveActor {
  readonly actor: Actor
  /** The actor as events and command digests carry it. */
  readonly key: string
  readonly roles: ReadonlySet<Role>
}

/** The actor is not a user of this company. */
export class UnknownActor extends Schema.TaggedError<UnknownActor>()("UnknownActor", { actor: Schema.String }) {
  override get message(): string {
    return `${this.actor} is not a user of this company`
  }
}

/** The actor was deactivated, and is out at once. */
export class DeactivatedActor extends Schema.TaggedError<DeactivatedActor>()("DeactivatedActor", {
  actor: Schema.String
}) {
  override get message(): string {
    return `${this.actor} is deactivated`
  }
}

export type ActorError = UnknownActor | DeactivatedActor

/** What the directory knows of a user. */
export interface DirectoryEntry {
  readonly id: UserId
  readonly roles: ReadonlyArray<Role>
  readonly status: UserStatus
  /**
   * Until when it may be gone by, in nanoseconds of the monotonic clock of this process; without it, it is as good as
   * when it was asked for. A lease says so, and nobody else: it means nothing to another process.
   */
  readonly until?: bigint
}

/**
 * The port through which contexts look up who acts: the users themselves, never a replica. Many ids in, the entries
 * of those that exist out.
 */
export class Directory extends Context.Service<
  Directory,
  {
    readonly lookup: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<DirectoryEntry>, StoreError>
    /** Those of the ids that are known here without asking anybody: of a directory that remembers, as a lease does. */
    readonly held?: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<DirectoryEntry>>
  }
>()("@popug/core/Directory") {}

/** The users among some who act, each once. */
export const idsOf = (actors: Iterable<Actor>): ReadonlyArray<string> => {
  const ids = new Set<string>()
  for (const actor of actors) if (actor._tag === "User") ids.add(actor.id)
  return [...ids]
}

/** Entries by the ids of their users. */
export const byId = (entries: ReadonlyArray<DirectoryEntry>): ReadonlyMap<string, DirectoryEntry> =>
  new Map(entries.map((entry) => [entry.id, entry]))

/** The actors of a batch, looked up in one call. */
export const lookup = Effect.fnUntraced(function* (actors: Iterable<Actor>) {
  const directory = yield* Directory
  const ids = idsOf(actors)
  return byId(ids.length === 0 ? [] : yield* directory.lookup(ids))
})

/** Lets an actor in by what is known of users, or says why not. */
export const admit = (
  actor: Actor,
  entries: Pick<ReadonlyMap<string, DirectoryEntry>, "get">
): ActiveActor | ActorError => {
  const by = key(actor)
  if (actor._tag === "System") return { actor, key: by, roles: new Set() }
  const entry = entries.get(actor.id)
  if (entry === undefined) return new UnknownActor({ actor: by })
  if (entry.status === "deactivated") return new DeactivatedActor({ actor: by })
  return { actor, key: by, roles: new Set(entry.roles) }
}

/** Looks up one actor and lets them in. */
export const require = Effect.fnUntraced(function* (actor: Actor) {
  const admitted = admit(actor, yield* lookup([actor]))
  return "_tag" in admitted ? yield* admitted : admitted
})

export const isSystem = (self: ActiveActor): boolean => self.actor._tag === "System"
export const isUser = (self: ActiveActor, id: unknown): boolean => self.actor._tag === "User" && self.actor.id === id
export const hasRole = (self: ActiveActor, ...roles: ReadonlyArray<Role>): boolean =>
  isSystem(self) || roles.some((role) => self.roles.has(role))
