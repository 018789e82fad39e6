/**
 * Signing in at a development server: by a name, without a password. The name is kept for as long as the tab is open,
 * so that a reload changes nothing; the token is asked for again.
 */
import * as Effect from "effect/Effect"
import { developmentCalls, enter, type Tokens } from "./session.ts"

const kept = "popug.development.user"

const login = (user: string) =>
  Effect.flatMap(developmentCalls, (calls) => calls.login({ payload: { user: user as never } })).pipe(
    Effect.map(({ token }) => token as string | null),
    Effect.catch(() => Effect.succeed(null))
  )

const again = Effect.suspend(() => {
  const user = sessionStorage.getItem(kept)
  return user === null ? Effect.succeed(null) : login(user)
})

export const developmentTokens: Tokens = {
  resume: again,
  renew: again,
  forget: Effect.sync(() => sessionStorage.removeItem(kept))
}

/** Becomes somebody. */
export const become = async (user: string): Promise<void> => {
  const token = await Effect.runPromise(login(user))
  if (token === null) return
  sessionStorage.setItem(kept, user)
  await enter(token, developmentTokens)
}
