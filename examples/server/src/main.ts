/**
 * The server, as it is deployed: configured by its environment alone. It does nothing for newcomers of its own accord.
 */
import { launch } from "./launch.ts"

launch(process.env, { command: "npm run server" })
