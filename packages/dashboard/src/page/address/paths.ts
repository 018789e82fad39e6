/**
 * Where one sees a task, somebody, or an account. Pure.
 */
const at = (place: string) => (id: string) => `/${place}/${encodeURIComponent(id)}`

export const taskPath = at("tasks")
export const personPath = at("people")
export const accountPath = at("accounts")

/** The account of somebody, as the caller sees it: their own has a place of its own. */
export const accountPathFor = (me: { readonly id: string }, owner: string): string =>
  owner === me.id ? "/account" : accountPath(owner)
