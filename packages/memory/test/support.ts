import { hash } from "node:crypto"
import { Catalog, Head, type Identity, type UserId, type UserStore, type UserTransaction } from "@popug/core"
import * as Effect from "effect/Effect"

export const identity: Identity = {
  id: "memory",
  timeZone: "UTC",
  cutoff: "00:00",
  currency: "USD" as Identity["currency"],
  rules: {}
}

/** What saves users of these ids. */
export const users = (tx: UserTransaction, ...ids: ReadonlyArray<string>) => ({
  ...Head.append(
    (text) => hash("sha256", text, "hex"),
    "users",
    tx.head,
    tx.now,
    ids.map((id) => Catalog.draft("user.created", "system", { id: id as UserId, name: id, roles: ["worker"] }))
  ),
  users: ids.map((id) => ({ id: id as UserId, name: id, roles: ["worker"], status: "active" as const })),
  commands: []
})

/** Saves users in one commit and returns its changes. */
export const saveUsers = (store: UserStore["Service"], ...ids: ReadonlyArray<string>) =>
  store.transact((tx) => {
    const changes = users(tx, ...ids)
    return Effect.as(tx.save(changes), changes)
  })
