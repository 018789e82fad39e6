/**
 * `node packages/postgres/test/server/main.ts`: a server that flushes what it commits, for benchmarks and for trying
 * things out; says where it is, and ends with its caller. Takes settings, `name=value` each.
 */
import { launch } from "./Server.ts"

const server = await launch({ fsync: true, settings: process.argv.slice(2) })
process.stdout.write(`${server.url}\n`)
const end = () => void server.stop().then(() => process.exit(0))
process.on("SIGTERM", end)
process.on("SIGINT", end)
// The caller's end of the pipe is closed when it is gone.
process.stdin.on("end", end).resume()
