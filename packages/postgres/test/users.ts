/**
 * Commits of users, for tests of what surrounds a commit.
 */
import { hash } from "node:crypto"
import { Catalog, Head, type Identity, type UserId, type UserStore, type UserTransaction } from "@popug/core"

export const identity: Identity = {
  id: "postgres",
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

/** Saves users in one commit. */
export const saveUsers = (store: UserStore["Service"], ...ids: ReadonlyArray<string>) =>
  store.transact((tx) => tx.save(users(tx, ...ids)))
