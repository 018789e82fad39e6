/**
 * popug's HttpApi beside node:http, Fastify and Nest: the same JSON, the same checks, the same Map.
 */
import type { Row } from "../measure.ts"
import { agree } from "./agree.ts"
import { measure, type Rates, ratio, type Settings } from "./rates.ts"
import { open } from "./remote.ts"
import { lists, reads, writes } from "./requests.ts"
import { line, number, type Section } from "./section.ts"

const names = ["node", "fastify", "nest", "popug"] as const
const kinds = [
  { what: "GET one task", load: reads, goal: 0.65 },
  { what: "GET a list of 50", load: lists, goal: 0.65 },
  { what: "POST a task", load: writes, goal: 0.65 }
] as const

export const compare = async (settings: Settings): Promise<Section> => {
  const servers = await Promise.all(names.map((name) => open(name)))
  const measured: Array<{ readonly row: Row; readonly rates: ReadonlyArray<Rates> }> = []
  try {
    await agree(servers)
    for (const { goal, load, what } of kinds) {
      settings.say(what)
      const rates = await measure(
        servers.map((server) => ({ server, load: load(server) })),
        settings
      )
      const [, fastify, , popug] = rates as readonly [Rates, Rates, Rates, Rates]
      const row = {
        what,
        units: "requests per CPU second",
        ours: popug.median,
        baseline: fastify.median,
        ratio: ratio(popug, fastify),
        goal: { atLeast: goal }
      }
      measured.push({ row, rates })
    }
  } finally {
    await Promise.all(servers.map((server) => server.close()))
  }
  return {
    rows: measured.map(({ row }) => row),
    text: [
      line("requests per CPU second", "node:http", "Fastify 5", "Nest 12", "popug", "of Fastify", "goal", "of Nest"),
      line("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:"),
      ...measured.map(({ rates, row }) => {
        const [, , nest, popug] = rates as readonly [Rates, Rates, Rates, Rates]
        const { atLeast } = row.goal as { readonly atLeast: number }
        return line(
          row.what,
          ...rates.map((rate) => number(rate.median)),
          row.ratio!.toFixed(2),
          `≥ ${atLeast} ${row.ratio! >= atLeast ? "✓" : "✗"}`,
          ratio(popug, nest).toFixed(2)
        )
      })
    ].join("\n")
  }
}
