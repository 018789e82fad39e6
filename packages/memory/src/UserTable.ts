/**
 * Users by id.
 */
import type { Page, Paging, User, UserFilter, UserId } from "@popug/core"
import { found, pageOf } from "./pages.ts"
import { SortedIds } from "./SortedIds.ts"

export class UserTable {
  readonly #rows = new Map<UserId, User.User>()
  readonly #ids = new SortedIds<UserId>()

  put(user: User.User): void {
    if (!this.#rows.has(user.id)) this.#ids.add(user.id)
    this.#rows.set(user.id, user)
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
