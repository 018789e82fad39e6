/**
 * `npm start`: the server for a newcomer. The development login is on, only this machine reaches it, and a fresh data
 * folder gets a small company to look at.
 */
import { launch } from "./launch.ts"
import { welcome } from "./welcome.ts"

const newcomers = {
  HOST: "127.0.0.1",
  POPUG_DEV_LOGIN: "true",
  POPUG_DEV_CLOCK: "true",
  POPUG_LOG_FORMAT: "pretty",
  POPUG_LOG_LEVEL: "Warn"
}

/** Of many, each is opened with its own. */
const ofOne = {
  POPUG_DEMO: "true",
  // The clock may have stood for a year since the last look: nobody is paid here.
  POPUG_LONGEST_JUMP: "1000000"
}

const isMany = (process.env["POPUG_COMPANIES"] || "off") !== "off"

launch(process.env, { command: "npm start", defaults: isMany ? newcomers : { ...newcomers, ...ofOne }, welcome })
