/**
 * Says in a line what went wrong, and leaves with an exit code that tells: 2 for a command line that makes no sense,
 * 1 for everything else.
 */
import * as Effect from "effect/Effect"
import { PlatformError } from "effect/PlatformError"
import { UsageError } from "./options.ts"
import { say } from "./terminal.ts"

const words: Readonly<Record<string, string>> = {
  NotFound: "there is no such file or folder",
  PermissionDenied: "not allowed"
}

export const explain =
  (usage: string) =>
  (error: { readonly message: string }): Effect.Effect<void> =>
    Effect.suspend(() => {
      process.exitCode = error instanceof UsageError ? 2 : 1
      if (error instanceof UsageError) return say(`${error.message}\nUsage: ${usage} (--help tells more)`)
      if (!(error instanceof PlatformError)) return say(error.message)
      const { reason } = error
      const path = "pathOrDescriptor" in reason ? `${String(reason.pathOrDescriptor)}: ` : ""
      return say(`${path}${words[reason._tag] ?? error.message}`)
    })
