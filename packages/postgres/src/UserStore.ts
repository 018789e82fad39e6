/**
 * `UserStore` on Postgres.
 */
import {
  type ExternalIdentity,
  Head,
  type User,
  type UserFilter,
  type UserId,
  type UserQuery,
  UserStore
} from "@popug/core"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Commands from "./Commands.ts"
import * as Contexts from "./Contexts.ts"
import type { CompanyDatabase } from "./Database.ts"
import * as Opening from "./Opening.ts"
import { lastOf, ofStatus, pageOf } from "./pages.ts"
import * as Param from "./Param.ts"
import { one } from "./statements.ts"
import { transact } from "./transact.ts"

export const codec = Contexts.codec<Head.Head, {}>(
  "users",
  Schema.Struct({}),
  (base) => base,
  () => ({})
)

const columns = "id, name, roles, status"

interface Row extends Omit<User.User, "identities"> {
  readonly identities: ReadonlyArray<ExternalIdentity> | null
}

/** A user without identities has no list of them. */
const userOf = ({ identities, ...user }: Row): User.User => (identities === null ? user : { ...user, identities })

interface Claim extends ExternalIdentity {
  readonly id: UserId
  readonly position: number
}

/** The ids of those who have one of the identities, each once. */
const holders = (db: CompanyDatabase, identities: ReadonlyArray<ExternalIdentity>) =>
  identities.length === 0
    ? Effect.succeed([])
    : Effect.map(
        db.query<{ readonly user_id: UserId }>(
          `select distinct user_id from ${db.schema}.user_identities
            join unnest($2, $3) as asked (issuer, subject) using (issuer, subject)
            where company = $1 and user_id is not null`,
          [
            db.company,
            Param.texts(identities.map(({ issuer }) => issuer)),
            Param.texts(identities.map(({ subject }) => subject))
          ]
        ),
        Arr.map(({ user_id }) => user_id)
      )

const write = (db: CompanyDatabase, users: ReadonlyArray<User.User>) =>
  users.length === 0 ? [] : [...writeUsers(db, users), ...writeIdentities(db, users)]

/**
 * Both statements see what was there before, and no row is of both. An identity of nobody stays as a row: nothing is
 * deleted. Of two users in one commit it is refused by Postgres, of one besides them by the check of `position`.
 */
const writeIdentities = (db: CompanyDatabase, users: ReadonlyArray<User.User>) => {
  const ids = Param.texts(users.map(({ id }) => id))
  const claims = users.flatMap(({ id, identities = [] }) =>
    identities.map((identity, position): Claim => ({ ...identity, id, position }))
  )
  const issuers = Param.texts(claims.map(({ issuer }) => issuer))
  const subjects = Param.texts(claims.map(({ subject }) => subject))
  const released = one(
    `update ${db.schema}.user_identities as held set user_id = null
      where company = $1 and user_id = any($2) and not exists (
        select from unnest($3, $4) as claimed (issuer, subject)
        where claimed.issuer = held.issuer and claimed.subject = held.subject)`,
    [db.company, ids, issuers, subjects]
  )
  if (claims.length === 0) return released
  const claimed = one(
    `insert into ${db.schema}.user_identities as held (company, issuer, subject, user_id, position)
      select $1, issuer, subject, user_id, position
      from unnest($2, $3, $4, $5) as u (issuer, subject, user_id, position)
      on conflict (company, issuer, subject) do update set user_id = excluded.user_id,
        position = case when held.user_id <> all($6) then -1 else excluded.position end`,
    [
      db.company,
      issuers,
      subjects,
      Param.texts(claims.map(({ id }) => id)),
      Param.ints(claims.map(({ position }) => position)),
      ids
    ]
  )
  return [...released, ...claimed]
}

const writeUsers = (db: CompanyDatabase, users: ReadonlyArray<User.User>) =>
  one(
    `insert into ${db.schema}.users (company, ${columns})
      select $1, id, name, array(select jsonb_array_elements_text(roles::jsonb)), status
      from unnest($2, $3, $4, $5) as u (${columns})
      on conflict (company, id) do update set name = excluded.name, roles = excluded.roles, status = excluded.status`,
    [
      db.company,
      Param.texts(users.map(({ id }) => id)),
      Param.texts(users.map(({ name }) => name)),
      // A list of lists has no array type: each list goes as JSON.
      Param.texts(users.map(({ roles }) => JSON.stringify(roles))),
      Param.texts(users.map(({ status }) => status))
    ]
  )

/** The rows of a list, after `$2`. */
const condition = ({ schema }: CompanyDatabase, { role, status }: UserFilter) => {
  if (status !== undefined && role === undefined) {
    const { order, where } = ofStatus("$4", "$2", "$3")
    return `and ${where} ${order}`
  }
  const conditions = [
    "id > $2",
    ...(status === undefined ? [] : ["status = $4"]),
    ...(role === undefined
      ? []
      : [`${schema}.roles_of(company, roles) @> array[$1::text || '/' || $${status === undefined ? 4 : 5}]`])
  ]
  return `and ${conditions.join(" and ")} order by id limit $3`
}

export const make = (db: CompanyDatabase): UserStore["Service"] => {
  const rows = `select ${columns}, (
      select json_agg(json_build_object('issuer', issuer, 'subject', subject) order by position)
      from ${db.schema}.user_identities i where i.company = u.company and i.user_id = u.id
    ) as identities from ${db.schema}.users u where company = $1`

  const get = (ids: ReadonlyArray<UserId>) =>
    ids.length === 0
      ? Effect.succeed([])
      : Effect.map(db.query<Row>(`${rows} and id = any($2)`, [db.company, Param.texts(ids)]), Arr.map(userOf))

  return UserStore.of({
    open: (company) => Opening.open(db, codec, company, Head.initial),
    adopt: (company) => Opening.adopt(db, codec, company, Head.initial),
    forgetCommands: Commands.forget(db, "users"),
    ...transact({
      db,
      source: "users",
      codec,
      begin: () => undefined,
      load: Effect.fnUntraced(function* ({ identities = [], users }: UserQuery) {
        return { users: yield* get([...users, ...(yield* holders(db, identities))]) }
      }),
      write: ({ users }) =>
        write(
          db,
          lastOf(users, ({ id }) => id)
        )
    }),
    get,
    byIdentity: (identities) => Effect.flatMap(holders(db, identities), get),
    list: (filter, { after, limit }) =>
      pageOf(
        db.query<Row>(`${rows} ${condition(db, filter)}`, [
          db.company,
          Param.text(after ?? ""),
          Param.int(limit + 1),
          ...(filter.status === undefined ? [] : [Param.text(filter.status)]),
          ...(filter.role === undefined ? [] : [Param.text(filter.role)])
        ]),
        limit,
        userOf
      )
  })
}
