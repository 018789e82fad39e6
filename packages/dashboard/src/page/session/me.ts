/**
 * Whoever is signed in, as the page knows them.
 */
export interface Me {
  readonly id: string
  readonly name: string
  readonly roles: ReadonlyArray<string>
}

/** Whether somebody with these roles sees a thing; what they may do is for the server to say. */
export const hasRole = (me: Me, ...roles: ReadonlyArray<string>): boolean =>
  me.roles.some((role) => roles.includes(role))
