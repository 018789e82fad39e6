/**
 * Users by id, and by who they are to identity providers.
 */
import type { ExternalIdentity, Page, Paging, User, UserFilter, UserId } from "@popug/core"
import { found, pageOf } from "./pages.ts"
import { SortedIds } from "./SortedIds.ts"

export class UserTable {
  readonly #rows = new Map<UserId, User.User>()
  readonly #ids = new SortedIds<UserId>()

  readonly #holders = new Map<string, UserId>()

  /** Changes of one commit: an identity may go from one of the users to another. */
  put(users: ReadonlyArray<User.User>): void {
    for (const { id } of users) {
      for (const identity of this.#rows.get(id)?.identities ?? []) this.#holders.delete(keyOf(identity))
    }
    for (const user of users) {
      if (!this.#rows.has(user.id)) this.#ids.add(user.id)
      this.#rows.set(user.id, user)
    }
    for (const [key, id] of claims(users)) this.#holders.set(key, id)
  }

  /** An identity that would be of two users once these are put, or of one twice. */
  taken(users: ReadonlyArray<User.User>): ExternalIdentity | undefined {
    const changed = new Map(users.map((user) => [user.id, user]))
    const claimed = new Set<string>()
    for (const { id, identities = [] } of changed.values()) {
      for (const identity of identities) {
        const key = keyOf(identity)
        const holder = this.#holders.get(key)
        if (claimed.has(key) || (holder !== undefined && holder !== id && !changed.has(holder))) return identity
        claimed.add(key)
      }
    }
    return undefined
  }

  byIdentity(identities: ReadonlyArray<ExternalIdentity>): ReadonlyArray<User.User> {
    const ids = new Set(identities.flatMap((identity) => this.#holders.get(keyOf(identity)) ?? []))
    return this.get([...ids])
  }

  get(ids: ReadonlyArray<UserId>): ReadonlyArray<User.User> {
    return found(this.#rows, ids)
  }

  list({ role, status }: UserFilter, { after, limit }: Paging<UserId>): Page<User.User> {
    return pageOf(
      this.#ids.from(after),
      limit,
      (id) => this.#rows.get(id)!,
      (user) => (status === undefined || user.status === status) && (role === undefined || user.roles.includes(role))
    )
  }
}

const keyOf = ({ issuer, subject }: ExternalIdentity): string => JSON.stringify([issuer, subject])

/** Which identity is whose, as the last row of each user says. */
const claims = (users: ReadonlyArray<User.User>): ReadonlyMap<string, UserId> =>
  new Map(
    [...new Map(users.map((user) => [user.id, user])).values()].flatMap(({ id, identities = [] }) =>
      identities.map((identity) => [keyOf(identity), id] as const)
    )
  )
