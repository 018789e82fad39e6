/** The store of users. */
import * as popug from "@popug/core"
import * as Company from "./Company.ts"
import { attempt, type Database } from "./Database.ts"
import { toJson } from "./json.ts"
import * as Stream from "./Stream.ts"

const keyOf = ({ issuer, subject }: popug.ExternalIdentity) => JSON.stringify([issuer, subject])

const byId = (db: Database, ids: ReadonlyArray<string>) =>
  db.all<popug.User.User>("select data from users where id in (select value from json_each(?))", ids)

const byIdentity = (db: Database, identities: ReadonlyArray<popug.ExternalIdentity>) => {
  const holders = "select user from identities where key in (select value from json_each(?))"
  return db.all<popug.User.User>(`select data from users where id in (${holders})`, identities.map(keyOf))
}

const write = (db: Database, changes: popug.UserChanges): void => {
  Stream.write(db, "users", changes)
  for (const user of changes.users) {
    db.replace("users", user.id, user.status, toJson(user))
    db.run("delete from identities where user = ?", user.id)
  }
  // Once all have given up theirs; of several rows of one user the last counts.
  for (const { id, identities = [] } of new Map(changes.users.map((user) => [user.id, user])).values()) {
    for (const one of identities) db.insert("identities", keyOf(one), id)
  }
}

export const make = (db: Database): popug.UserStore["Service"] & Company.Ready => {
  const { state, transact, ...company } = Company.make<popug.Head.Head, popug.UserChanges>(db, {
    name: "users",
    initial: popug.Head.initial,
    instant: popug.Head.instant,
    next: ({ head }) => head,
    refusal: (head, changes) => popug.Head.follows("users", head, changes),
    write: (changes) => write(db, changes)
  })
  return {
    ...company,
    head: state,
    transact: (body) =>
      transact(({ during, now, save, state: head }) =>
        body({
          head,
          now,
          save,
          load: ({ commands, identities = [], users }) =>
            during(() => {
              const found = [...byId(db, users), ...byIdentity(db, identities)]
              return {
                users: [...new Map(found.map((user) => [user.id, user])).values()],
                commands: Stream.commands(db, "users", commands)
              }
            })
        })
      ),
    forgetCommands: Stream.forgetCommands(db, "users"),
    get: (ids) => attempt(() => byId(db, ids)),
    byIdentity: (identities) => attempt(() => byIdentity(db, identities)),
    list: ({ role, status }, { after, limit }) => {
      const hasRole = "exists (select 1 from json_each(data, '$.roles') where value = ?)"
      const conditions = { "status = ?": status, [hasRole]: role, "id > ?": after }
      return attempt(() => db.list<popug.User.User>("select data from users", conditions, "id", limit))
    }
  }
}
