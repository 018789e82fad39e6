import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

it("runs as a plain program", () => {
  const program = fileURLToPath(new URL("../src/main.ts", import.meta.url))
  const said = execFileSync(process.execPath, ["--conditions=@popug/source", program], { encoding: "utf8" })
  expect(said).toBe(`Anna: €14.00
Boris: €2.00
Vera: €7.00
5 assigned, 4 done, earnings so far -€23.00
`)
})
