/**
 * Whoever is signed in, as the page knows them, and what it shows to whom: what they may do is for the server to say.
 */
export interface Me {
  readonly id: string
  readonly name: string
  readonly roles: ReadonlyArray<string>
}

/** The roles that popug itself knows; a company has others besides. */
export const knownRoles = ["admin", "manager", "accountant", "worker"] as const

type Roles = Pick<Me, "roles">

export const hasRole = (me: Roles, ...roles: ReadonlyArray<string>): boolean =>
  me.roles.some((role) => roles.includes(role))

/** Everybody's tasks; others see their own. */
export const seesTasks = (me: Roles): boolean => hasRole(me, "manager", "admin")

/** The books; others see their own account. */
export const seesBooks = (me: Roles): boolean => hasRole(me, "accountant", "admin")

export const seesPeople = (me: Roles): boolean => hasRole(me, "manager", "accountant", "admin")

/** Who gets tasks, unless the company has rules of its own. */
export const getsTasks = (person: Roles): boolean => !hasRole(person, "manager", "admin")
