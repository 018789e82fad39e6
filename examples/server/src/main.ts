/**
 * The server, as it is deployed: configured by its environment alone. It does nothing for newcomers unless told.
 */
import { launch } from "./launch.ts"

launch(process.env, "node --conditions=@popug/source examples/server/src/main.ts")
