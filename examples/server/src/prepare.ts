/**
 * What is looked at before anything is opened: whatever is in the way is said at once, and not after a database was made.
 */
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs"
import { createServer } from "node:net"
import { resolve } from "node:path"
import * as Effect from "effect/Effect"
import { ServeError } from "effect/http/HttpServerError"
import * as Schema from "effect/Schema"
import type { Settings } from "./settings.ts"

/** The data folder can't be used. */
export class UnusableFolder extends Schema.TaggedError<UnusableFolder>()("UnusableFolder", {
  folder: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `the data folder ${this.folder} can't be used: ${this.reason} (POPUG_DATA_DIR)`
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "this process has no rights there",
  EPERM: "this process has no rights there",
  EROFS: "it is on a file system that can only be read",
  ENOSPC: "there is no space left",
  ENOTDIR: "there is a file on the way to it"
}

/** Makes the folder if there is none, and sees that files can be written there. */
const folder = (path: string): Effect.Effect<void, UnusableFolder> =>
  Effect.try({
    try: () => {
      if (existsSync(path) && !statSync(path).isDirectory()) throw new Error("there is a file of this name")
      mkdirSync(path, { recursive: true })
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    },
    catch: (error) => {
      const { code = "", message } = error as NodeJS.ErrnoException
      return new UnusableFolder({ folder: resolve(path), reason: reasons[code] ?? message })
    }
  })

/** Sees that the port is free, by listening there for a moment. */
const port = ({ HOST, PORT }: Settings): Effect.Effect<void, ServeError> =>
  PORT === 0
    ? Effect.void
    : Effect.callback((resume) => {
        const server = createServer()
        server.once("error", (cause) => resume(Effect.fail(new ServeError({ cause }))))
        server.listen({ host: HOST, port: PORT }, () => server.close(() => resume(Effect.void)))
      })

export const prepare = (settings: Settings): Effect.Effect<void, ServeError | UnusableFolder> =>
  Effect.andThen(port(settings), folder(settings.POPUG_DATA_DIR))
