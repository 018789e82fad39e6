/**
 * Signing in at a development server: by a name, without a password. The name is kept for as long as the tab is open,
 * so that a reload changes nothing; the token is asked for again.
 */
import { development } from "@popug/http/promises"
import { queryOptions } from "@tanstack/react-query"
import { inTab } from "../browser/kept.ts"
import { baseUrl } from "./config.ts"
import { enter, type Tokens } from "./session.ts"

const kept = "popug.development.user"

/** The calls of a development server. */
export const server = development({ baseUrl })

/** Everybody, to become one of them. */
export const everybodyQuery = queryOptions({
  queryKey: ["users", "development"],
  queryFn: async ({ signal }) => (await server.users({}, { signal })).data,
  staleTime: 60_000
})

const login = async (user: string): Promise<string> => (await server.login({ payload: { user } })).token

const again = async (): Promise<string | null> => {
  const user = inTab.get(kept)
  return user === null ? null : login(user).catch(() => null)
}

export const developmentTokens: Tokens = {
  resume: async () => (await again()) ?? { why: null },
  renew: again,
  forget: async () => inTab.remove(kept)
}

/** Becomes somebody; throws what keeps one from it. */
export const become = async (user: string): Promise<void> => {
  const token = await login(user)
  inTab.set(kept, user)
  await enter(token, developmentTokens)
}
