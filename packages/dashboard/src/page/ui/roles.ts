/**
 * Roles in the reader's words; a company's own are as it calls them.
 */
import type { Tell, TextId } from "../i18n/texts.ts"

const known: Readonly<Record<string, TextId>> = {
  admin: "role.admin",
  manager: "role.manager",
  accountant: "role.accountant",
  worker: "role.worker"
}

/** The roles that popug itself knows. */
export const knownRoles = Object.keys(known)

export const roleText = (tell: Tell, role: string): string => {
  const id = known[role]
  return id === undefined ? role : tell(id)
}

export const rolesText = (tell: Tell, roles: ReadonlyArray<string>): string =>
  roles.map((role) => roleText(tell, role)).join(", ")
