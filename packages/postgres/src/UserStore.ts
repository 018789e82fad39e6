/**
 * `UserStore` on Postgres.
 */
import { Head, type User, type UserFilter, type UserId, type UserQuery, UserStore } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Commands from "./commands.ts"
import * as Contexts from "./contexts.ts"
import { type Database, one } from "./Database.ts"
import { lastOf, ofStatus, pageOf } from "./pages.ts"
import * as Param from "./params.ts"
import { transact } from "./transact.ts"

const codec = Contexts.codec<Head.Head, {}>(
  "users",
  Schema.Struct({}),
  (base) => base,
  () => ({})
)

const columns = "id, name, roles, status"

export const make = (db: Database): UserStore["Service"] => {
  const get = (ids: ReadonlyArray<UserId>) =>
    ids.length === 0
      ? Effect.succeed([])
      : db.query<User.User>(`select ${columns} from ${db.schema}.users where id = any($1)`, [Param.texts(ids)])

  const write = (users: ReadonlyArray<User.User>) =>
    users.length === 0
      ? []
      : one(
          `insert into ${db.schema}.users (${columns})
            select id, name, array(select jsonb_array_elements_text(roles::jsonb)), status
            from unnest($1, $2, $3, $4) as u (${columns})
            on conflict (id) do update set name = excluded.name, roles = excluded.roles, status = excluded.status`,
          [
            Param.texts(users.map(({ id }) => id)),
            Param.texts(users.map(({ name }) => name)),
            // A list of lists has no array type: each list goes as JSON.
            Param.texts(users.map(({ roles }) => JSON.stringify(roles))),
            Param.texts(users.map(({ status }) => status))
          ]
        )

  /** What comes after `from`. */
  const list = ({ role, status }: UserFilter) => {
    if (status !== undefined && role === undefined) {
      const { order, where } = ofStatus("$3", "$1", "$2")
      return `where ${where} ${order}`
    }
    const conditions = [
      "id > $1",
      ...(status === undefined ? [] : ["status = $3"]),
      ...(role === undefined ? [] : [`roles @> array[$${status === undefined ? 3 : 4}]`])
    ]
    return `where ${conditions.join(" and ")} order by id limit $2`
  }

  return UserStore.of({
    open: (company) => Contexts.open(db, codec, company, Head.initial),
    adopt: (company) => Contexts.adopt(db, codec, company, Head.initial),
    forgetCommands: Commands.forget(db, "users"),
    transact: transact({
      db,
      source: "users",
      codec,
      load: ({ users }: UserQuery) => Effect.map(get(users), (found) => ({ users: found })),
      write: ({ users }) => write(lastOf(users, ({ id }) => id))
    }),
    get,
    list: (filter, { after, limit }) =>
      pageOf(
        db.query<User.User>(`select ${columns} from ${db.schema}.users ${list(filter)}`, [
          Param.text(after ?? ""),
          Param.int(limit + 1),
          ...(filter.status === undefined ? [] : [Param.text(filter.status)]),
          ...(filter.role === undefined ? [] : [Param.text(filter.role)])
        ]),
        limit,
        (row) => row
      )
  })
}
