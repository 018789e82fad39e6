/**
 * Signing in at a development server: by a name, without a password. The name is kept for as long as the tab is open,
 * so that a reload changes nothing; the token is asked for again.
 */
import { development } from "@popug/http/promises"
import { inTab } from "../browser/kept.ts"
import { baseUrl } from "./config.ts"
import { enter, type Tokens } from "./session.ts"

const kept = "popug.development.user"

/** The calls of a development server. */
export const server = development({ baseUrl })

const login = async (user: string): Promise<string | null> => {
  try {
    return (await server.login({ payload: { user } })).token
  } catch {
    return null
  }
}

const again = async (): Promise<string | null> => {
  const user = inTab.get(kept)
  return user === null ? null : login(user)
}

export const developmentTokens: Tokens = {
  resume: async () => (await again()) ?? { why: null },
  renew: again,
  forget: async () => inTab.remove(kept)
}

/** Becomes somebody. */
export const become = async (user: string): Promise<void> => {
  const token = await login(user)
  if (token === null) return
  inTab.set(kept, user)
  await enter(token, developmentTokens)
}
