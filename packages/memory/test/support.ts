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
export const users = (tx: UserTransaction, ...names: ReadonlyArray<string>) => {
  const stream = new Head.Growing((text) => hash("sha256", text, "hex"), "users", tx.head, tx.now)
  const users = names.map((name) => ({ id: name as UserId, name, roles: ["worker"], status: "active" as const }))
  for (const { id, name, roles } of users) Catalog.publish(stream, "user.created", "system", { id, name, roles })
  return { head: stream.head, events: stream.events, users, commands: [] }
}

/** Saves users in one commit and returns its changes. */
export const saveUsers = (store: UserStore["Service"], ...ids: ReadonlyArray<string>) =>
  store.transact((tx) => {
    const changes = users(tx, ...ids)
    return Effect.as(tx.save(changes), changes)
  })
