/** One recorded event of every type and version there ever was, as it left the process. They are never rewritten. */
import { readdirSync, readFileSync } from "node:fs"
import * as Schema from "effect/Schema"
import { CloudEvent } from "../../src/stream/Envelope.ts"

const folder = new URL("../golden/", import.meta.url)
const read = Schema.decodeUnknownSync(CloudEvent)

/** By file name without its ending: `task.updated.v2`. */
export const golden: ReadonlyMap<string, CloudEvent> = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => [
      file.replace(/\.json$/, ""),
      read(JSON.parse(readFileSync(new URL(file, folder), "utf8")), { onExcessProperty: "error" })
    ])
)
