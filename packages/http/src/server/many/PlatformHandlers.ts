/**
 * `/v1/companies`: from the wire to the companies of the server, and back.
 */
import {
  Actor,
  Companies,
  CompanyAlreadyExists,
  type CompanyRecord,
  type CompanyState,
  type DatabaseState,
  type UnreadableCompany,
  Users
} from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { HostApi } from "../../api/HostApi.ts"
import type { CompanyEntry, CompanyHealth, Databases, UnreadableEntry } from "../../api/Platform.ts"
import * as Contract from "../contract/Contract.ts"
import { asProblems } from "../wire/asProblems.ts"
import * as Pages from "../wire/Pages.ts"
import * as Moves from "./Moves.ts"
import { Tenants } from "./Tenants.ts"

const listed = Pages.byText("companies")

const entry = ({ database, id, settings, status }: CompanyRecord): Schema.Schema.Type<typeof CompanyEntry> => ({
  id,
  database,
  status,
  ...settings
})

const listedEntry = (
  company: CompanyRecord | UnreadableCompany
): Schema.Schema.Type<typeof CompanyEntry | typeof UnreadableEntry> =>
  "unreadable" in company ? company : entry(company)

const databaseOf = ({
  failure,
  isDefault,
  name
}: DatabaseState): Schema.Schema.Type<typeof Databases>["data"][number] => ({
  name,
  isDefault,
  status: failure === null ? "up" : failure.retryable ? "away" : "unusable"
})

const healthOf = ({ health, isInUse, record }: CompanyState): Schema.Schema.Type<typeof CompanyHealth> => ({
  ...entry(record),
  isInUse,
  health:
    health === null
      ? null
      : { period: health.period, dueAt: health.dueAt, consumers: health.consumers, attempts: health.attempts }
})

interface Admin {
  readonly id: string
  readonly name?: string | undefined
  readonly identities?: ReadonlyArray<{ readonly issuer: string; readonly subject: string }> | undefined
}

/**
 * The first admin of a company, once: sent again the same, nothing changes. After the command was forgotten, whoever
 * has the id now is taken for them.
 */
const makeAdmin = Effect.fnUntraced(function* (company: string, admin: Admin) {
  const users = yield* Users
  const { id, identities = [], name = id } = admin
  yield* users
    .create(Actor.system, [{ id, name, roles: ["admin"], identities }], { commandId: `platform-admin-${company}` })
    .pipe(
      Effect.catchTag("UserAlreadyExists", () => Effect.void),
      Effect.catchTag(["UnknownActor", "DeactivatedActor", "NotAllowed"], Effect.die),
      Effect.catchTag(["CommandConflict", "IdentityTaken"], () =>
        Effect.fail(new CompanyAlreadyExists({ companies: [company] }))
      ),
      asProblems
    )
})

export const layer = Contract.group(
  HostApi,
  "platform",
  Effect.fnUntraced(function* (handlers) {
    const companies = yield* Companies
    const tenants = yield* Tenants
    const moves = yield* Moves.make((id) => tenants.forget(id))
    const one = (id: string) => Effect.map(companies.record(id), entry)
    const placeOf = Effect.fnUntraced(function* (id: string) {
      const { database, status } = yield* asProblems(companies.record(id))
      return { id, database, status, move: moves.of(id) }
    })

    return handlers.handleAll({
      open: Effect.fnUntraced(function* ({ payload: { admin, ...asked } }) {
        const [record] = yield* asProblems(companies.open([asked]))
        yield* Effect.scoped(
          Effect.flatMap(
            asProblems(Effect.catchTag(companies.get(asked.id), "UnknownCompany", Effect.die)),
            (services) => Effect.provideService(makeAdmin(asked.id, admin), Users, Context.get(services, Users))
          )
        )
        return entry(record!)
      }),
      list: Effect.fnUntraced(function* ({ query }) {
        const page = yield* asProblems(companies.list(yield* listed.asked(query)))
        return listed.toWire(query, page, ({ id }) => id, listedEntry)
      }),
      get: Effect.fnUntraced(function* ({ params }) {
        const [state] = yield* asProblems(companies.status([params.id]))
        return healthOf(state!)
      }),
      rest: Effect.fnUntraced(function* ({ params: { id } }) {
        yield* asProblems(companies.rest([id]))
        yield* tenants.forget(id)
        return yield* asProblems(one(id))
      }),
      wake: Effect.fnUntraced(function* ({ params: { id } }) {
        yield* asProblems(companies.wake([id]))
        return yield* asProblems(one(id))
      }),
      move: Effect.fnUntraced(function* ({ params: { id }, payload: { database, wake = true } }) {
        yield* asProblems(moves.start(id, database, wake))
        return yield* placeOf(id)
      }),
      moving: ({ params: { id } }) => placeOf(id),
      databases: () => Effect.map(companies.databases, (states) => ({ data: states.map(databaseOf) }))
    })
  })
)
