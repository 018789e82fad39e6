/**
 * What is looked at before anything is opened: whatever is in the way is said at once, and not after a database was
 * made.
 */
import { createServer } from "node:net"
import * as Effect from "effect/Effect"
import { ServeError } from "effect/http/HttpServerError"
import { folder, type UnusableFolder } from "./folder.ts"
import type { Settings } from "./settings.ts"

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
