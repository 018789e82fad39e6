// Where tests find NATS: `POPUG_TEST_NATS_URL`, or a `nats-server` on this machine that they start themselves.
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The `nats-server`; undefined where there is none. Debian has it where only root's PATH leads. */
export const natsServer = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
  .map((folder) => join(folder, "nats-server"))
  .find(isProgram)

/** The tests' NATS as it is given. */
export const natsUrl = process.env.POPUG_TEST_NATS_URL === "" ? undefined : process.env.POPUG_TEST_NATS_URL

/** Whether tests have a NATS at all; some start and kill a server, and need the program. */
export const hasNats = natsServer !== undefined || natsUrl !== undefined
