/**
 * Which user a verified token is: by the identity that its bearer has with its issuer, and what sign-in writes of
 * users.
 */
import { Actor, ExternalIdentity, IdentityDirectory, UserId, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Problem from "../../../api/Problem.ts"
import { asProblems } from "../../wire/asProblems.ts"

/** What a valid token says. */
export interface Claims {
  readonly issuer: string
  readonly subject: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** Finds the user of a token; `fresh` the first time that this process sees it. */
export type Resolve = (
  claims: Claims,
  fresh: boolean
) => Effect.Effect<UserId, Problem.Unauthenticated | Problem.UnknownSubject | Problem.Unavailable>

export interface Options {
  /** The claim that is the id of users without an external identity; default: `sub`. */
  readonly claim?: string | undefined
  /**
   * Whether users are found by their identities alone, never by an id that a token says; default: false. Without it, a
   * user who has an identity is found by that alone all the same.
   */
  readonly identitiesOnly?: boolean | undefined
  /** Makes a user of an unknown subject at sign-in; default: none is made. */
  readonly provision?: { readonly nameClaim?: string | undefined } | undefined
  /** Writes a user's roles at sign-in as a claim has them, in place of those there were; default: roles are kept. */
  readonly roles?:
    | {
        /** A list of words, or one text with spaces between them. Left out of a token, nothing changes. */
        readonly claim: string
        /** The roles that each word stands for; other words stand for none. */
        readonly map: Readonly<Record<string, ReadonlyArray<string>>>
      }
    | undefined
  /** The roles of those without any of these words; default: `worker`. */
  readonly otherwise?: ReadonlyArray<string> | undefined
}

const isUserId = Schema.is(UserId)
/** What orders a user's tokens, in seconds: providers that do not say when they issue one still say when it ends. */
const issuedAt = ({ payload: { exp, iat } }: Claims): number =>
  typeof iat === "number" ? iat : typeof exp === "number" ? exp : 0
/** How many users' last sign-ins are remembered. */
const most = 10_000

type Store = Users["Service"]

/** Who is asked for the users of tokens. */
export interface People {
  /** The user of an issuer's subject; a subject that no identity could have is nobody's. */
  readonly byIdentity: (claims: Claims) => Effect.Effect<UserId | null, Problem.Unavailable>
  /** A user by their id, unless they have an identity: then another's claim must not be taken for it. */
  readonly byId: (id: UserId) => Effect.Effect<UserId | null, Problem.Unavailable>
  /** Where sign-in makes users and writes their roles; null where they are another process's. */
  readonly writes: Store | null
}

/** The users of this process. */
export const here: Effect.Effect<People, never, Users> = Effect.map(Users, (users) => ({
  byIdentity: ({ issuer, subject }) =>
    asProblems(users.identify(Actor.system, { issuer, subject })).pipe(
      Effect.map((user) => user?.id ?? null),
      Effect.catchTag("InvalidInput", () => Effect.succeed(null)),
      Effect.catchTag(["UnknownActor", "DeactivatedActor", "NotAllowed"], Effect.die)
    ),
  byId: (id) =>
    asProblems(users.get(Actor.system, id)).pipe(
      Effect.map((user) => (user.identities === undefined ? user.id : null)),
      Effect.catchTag("UserNotFound", () => Effect.succeed(null)),
      Effect.catchTag(["UnknownActor", "DeactivatedActor", "NotAllowed"], Effect.die)
    ),
  writes: users
}))

const isIdentity = Schema.is(ExternalIdentity)

/** The users of another process, which makes them. */
export const elsewhere: Effect.Effect<People, never, IdentityDirectory> = Effect.map(
  IdentityDirectory,
  ({ lookup, withoutIdentity }) => ({
    byIdentity: ({ issuer, subject }) =>
      isIdentity({ issuer, subject })
        ? Effect.map(asProblems(lookup([{ issuer, subject }])), ([entry]) => entry?.id ?? null)
        : Effect.succeed(null),
    byId: (id) => Effect.map(asProblems(withoutIdentity([id])), ([found]) => found ?? null),
    writes: null
  })
)

/** By the id in a claim. */
const byId = (people: People, options: Options, { payload }: Claims) => {
  const id = payload[options.claim ?? "sub"]
  return options.identitiesOnly === true || !isUserId(id) ? Effect.succeed(null) : people.byId(id)
}

/** The roles that a token says; undefined when it says nothing of them, or is not asked. */
const rolesOf = (
  { otherwise = ["worker"], roles: asked }: Options,
  { payload }: Claims
): ReadonlyArray<string> | undefined => {
  if (asked === undefined) return undefined
  const said = payload[asked.claim]
  const words = typeof said === "string" ? said.split(" ") : said
  if (!Array.isArray(words)) return undefined
  const { map } = asked
  const roles = words.flatMap((word) => (typeof word === "string" && Object.hasOwn(map, word) ? map[word]! : []))
  return roles.length === 0 ? otherwise : [...new Set(roles)].sort()
}

/** Makes the user of a subject that nobody is yet; null when none can be made of it. */
const provision = Effect.fnUntraced(function* (users: Store, options: Options, claims: Claims) {
  const { issuer, payload, subject } = claims
  const roles = rolesOf(options, claims) ?? options.otherwise ?? ["worker"]
  const said = payload[options.provision?.nameClaim ?? "name"]
  const made = (name: string) => users.create(Actor.system, [{ name, roles, identities: [{ issuer, subject }] }])
  return yield* made(typeof said === "string" ? said : subject).pipe(
    // A name that is none here: whom it is can be told by the subject, and an admin can change it.
    Effect.catchTag("InvalidInput", () => made(subject)),
    Effect.map(({ answer }) => answer[0]!),
    Effect.catchTag("IdentityTaken", ({ id }) => users.get(Actor.system, id)),
    asProblems,
    Effect.catchTag(["Unavailable", "InvalidInput"], (problem) =>
      problem._tag === "Unavailable" ? Effect.fail(problem) : Effect.succeed(null)
    ),
    Effect.catch((problem) => (problem._tag === "Unavailable" ? Effect.fail(problem) : Effect.die(problem)))
  )
})

/** `people` are asked; what is to be written is, where they are of this process. */
export const make = (options: Options, people: People): Resolve => {
  const { writes } = people
  /**
   * When the token was issued that a user's roles are from: no older one brings old roles back, nor does the same one
   * when it is verified anew.
   */
  const issued = new Map<UserId, number>()
  /** One sign-in of a user after another, or of two tokens at once the older one's roles could be written last. */
  const queues = Array.from({ length: 64 }, () => Semaphore.makeUnsafe(1))
  const inTurn = (id: UserId) => queues[(Hash.string(id) >>> 0) % queues.length]!.withPermit

  /** Has a user's roles be what a new token says. */
  const follow = Effect.fnUntraced(function* (users: Store, id: UserId, claims: Claims) {
    const roles = rolesOf(options, claims)
    const at = issuedAt(claims)
    if (roles === undefined || at <= (issued.get(id) ?? -Infinity)) return
    const user = yield* users.get(Actor.system, id)
    if (user.status === "deactivated") return
    if ([...user.roles].sort().join(" ") !== [...roles].sort().join(" ")) {
      yield* users.update(Actor.system, { id, roles: [...roles] })
    }
    // Only now: what failed is tried again when the token comes again.
    issued.delete(id)
    issued.set(id, at)
    for (const oldest of issued.keys()) {
      if (issued.size <= most) break
      issued.delete(oldest)
    }
  })

  return Effect.fnUntraced(function* (claims, fresh) {
    const found = (yield* people.byIdentity(claims)) ?? (yield* byId(people, options, claims))
    const isMade = options.provision !== undefined && writes !== null
    const id = found ?? (isMade ? ((yield* provision(writes, options, claims))?.id ?? null) : null)
    if (id === null) {
      const { issuer, subject } = claims
      const detail = "nobody in this company is this subject: an admin can add it to a user's identities"
      return yield* new Problem.UnknownSubject({ issuer, subject, detail })
    }
    if (fresh && options.roles !== undefined && writes !== null) {
      yield* asProblems(follow(writes, id, claims)).pipe(
        inTurn(id),
        Effect.catch((problem) => (problem._tag === "Unavailable" ? Effect.fail(problem) : Effect.die(problem)))
      )
    }
    return id
  })
}
