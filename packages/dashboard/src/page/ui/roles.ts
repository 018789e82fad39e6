/**
 * Roles in the reader's words; a company's own are as it calls them.
 */
import type { Tell } from "../i18n/texts.ts"
import { knownRoles } from "../session/me.ts"

export const roleText = (tell: Tell, role: string): string => {
  const known = knownRoles.find((one) => one === role)
  return known === undefined ? role : tell(`role.${known}`)
}

export const rolesText = (tell: Tell, roles: ReadonlyArray<string>): string =>
  roles.map((role) => roleText(tell, role)).join(", ")
