/**
 * A round of `npm run soak -- services`, and each service down in turn: the soak itself works, and finds nothing.
 */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const program = fileURLToPath(new URL("../soak/soak.ts", import.meta.url))

it(
  "contexts as services come to rest after a round of trouble, and do without each of them",
  {
    timeout: 600_000
  },
  async () => {
    const node = ["--conditions=@popug/source", "--disable-warning=ExperimentalWarning", program]
    const child = spawn(process.execPath, [...node, "--store", "postgres", "--rounds", "1", "--seed", "1"], {
      stdio: ["pipe", "pipe", "inherit"]
    })
    const lines: Array<Record<string, unknown>> = []
    for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line))
    const { bus, commands, violations } = lines.at(-1)!
    expect({ bus, violations }).toEqual({ bus: expect.any(String), violations: [] })
    expect(commands).toBeGreaterThan(10)
  }
)
