/**
 * How the users context commits: what a batch of commands loads, and how what was decided is saved.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { identified } from "../company/Company.ts"
import type { ExternalIdentity } from "../company/ExternalIdentity.ts"
import * as Commit from "../stream/Commit.ts"
import { WrittenVersions } from "../stream/Event.ts"
import * as Head from "../stream/Head.ts"
import { Digest, type Sha256 } from "../values/Digest.ts"
import { UserId } from "../values/Ids.ts"
import { names, type UserCommand, type UserOutcomes } from "./commands.ts"
import { decide, withhold } from "./decide.ts"
import { publishUserEvent } from "./events.ts"
import { evolve, type UserFact, type UserState } from "./state.ts"
import type { User } from "./User.ts"
import { UserStore, type UserTransaction } from "./UserStore.ts"

type Outcome = UserOutcomes[UserCommand["_tag"]]
type Steps = Commit.Steps<UserTransaction, UserCommand, UserState, UserFact, Outcome["answer"], Outcome["error"]>

/** Opens the store and starts the writer; returns the way to submit commands. */
export const start = Effect.gen(function* () {
  const store = yield* UserStore
  const { sha256 } = yield* Digest
  yield* store.open(yield* identified)
  return yield* Commit.start<UserTransaction, UserCommand, UserOutcomes, UserState, UserFact>({
    source: "users",
    names,
    transact: store.transact,
    recorded: (tx, commands) => Effect.map(tx.load({ users: [], commands }), (loaded) => loaded.commands),
    load,
    decide,
    withhold,
    evolve,
    actorIn: (state, id) => state.get(id as UserId),
    save: saving(sha256, yield* WrittenVersions)
  })
})

const load: Steps["load"] = (tx, commands, ids, acting) =>
  Effect.map(tx.load({ ...asked(commands, acting.ids.filter(isUserId)), commands: ids }), (loaded) => ({
    state: new Map(loaded.users.map((user) => [user.id, user])),
    recorded: loaded.commands
  }))

const isUserId = Schema.is(UserId)

/** The users that a batch names, by id or by identity, and those who act in it. */
const asked = (commands: ReadonlyArray<UserCommand>, acting: ReadonlyArray<UserId>) => {
  const all: ReadonlyArray<{ readonly id: UserId; readonly identities?: ReadonlyArray<ExternalIdentity> }> =
    commands.flatMap((command): ReadonlyArray<Pick<User, "id" | "identities">> =>
      command._tag === "Create" ? command.users : [{ id: command.id, identities: command.identities ?? [] }]
    )
  return {
    users: [...new Set([...all.map(({ id }) => id), ...acting])],
    identities: all.flatMap(({ identities = [] }) => identities)
  }
}

const saving =
  (sha256: Sha256, versions: WrittenVersions): Steps["save"] =>
  (tx, state, { facts, records, traces }) => {
    const stream = new Head.Growing(sha256, "users", tx.head, tx.now, versions)
    const changed = new Set<UserId>()
    for (const [index, { by, data, type }] of facts.entries()) {
      stream.trace = traces?.[index]
      publishUserEvent(stream, type, by, data as never)
      changed.add(data.id)
    }
    const { events, head } = stream
    return Effect.as(tx.save({ head, events, users: [...changed].map((id) => state.get(id)!), commands: records }), {
      events,
      head
    })
  }
