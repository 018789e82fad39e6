/**
 * What stands between bare handlers and a deployment, one thing after another, and what each takes.
 */
import type { Row } from "../measure.ts"
import { added, measure, type Rates, ratio, type Settings, type Subject } from "./rates.ts"
import { open, type Remote } from "./remote.ts"
import { reads, writes, writesWithKey } from "./requests.ts"
import { line, number, percent, type Section } from "./section.ts"
import type { Variant } from "./servers/variants.ts"

interface Step {
  readonly what: string
  /** The server and its variant. */
  readonly server: readonly ["popug", "" | "platform"] | readonly ["assembled", Variant]
  /** Whether commands carry an `Idempotency-Key`. */
  readonly withKey?: true
}

const steps: ReadonlyArray<Step> = [
  { what: "contract and bare handlers", server: ["popug", ""] },
  {
    what: "+ problems, request ids, security headers, metrics, body and time limits",
    server: ["popug", "platform"]
  },
  {
    what: "+ the contract's middleware and handlers, entity tags by digest",
    server: ["assembled", "around"]
  },
  { what: "+ compression for those who take it (the load does not)", server: ["assembled", "compression"] },
  { what: "+ a JWT, verified before", server: ["assembled", "JWT"] },
  { what: "+ rate limits by user and address", server: ["assembled", "rate limit"] },
  { what: "+ an Idempotency-Key", server: ["assembled", "rate limit"], withKey: true },
  { what: "+ the core over memory, billing following", server: ["assembled", "core"], withKey: true }
]

/**
 * What surrounds a request, the second step, in microseconds of CPU: what it adds to a POST over what it adds to a GET.
 * Most of it is the same work for both; a body has to be read, counted and checked besides.
 */
const surrounds = (
  read: ReadonlyArray<Rates>,
  written: ReadonlyArray<Rates>
): { readonly row: Row; readonly text: ReadonlyArray<string> } => {
  const [toRead, toWrite] = [added(read[1]!, read[0]!), added(written[1]!, written[0]!)]
  const most = 1.5
  const row: Row = {
    what: "what surrounds a write, over what surrounds a read",
    units: "µs of CPU",
    ours: toWrite,
    baseline: toRead,
    ratio: toWrite / toRead,
    goal: { atMost: most }
  }
  const judged = `≤ ${most} ${row.ratio! <= most ? "✓" : "✗"}`
  return {
    row,
    text: [
      line("CPU that is added", "to a GET", "to a POST", "POST over GET", "goal"),
      line("---", "---:", "---:", "---:", "---:"),
      line(
        "by what surrounds a request",
        `${number(toRead)} µs`,
        `${number(toWrite)} µs`,
        row.ratio!.toFixed(2),
        judged
      )
    ]
  }
}

export const layers = async (settings: Settings): Promise<Section> => {
  const names = new Map(steps.map(({ server }) => [server.join(" "), server]))
  const opened = await Promise.all(
    [...names].map(async ([key, [name, variant]]) => [key, await open(name, variant)] as const)
  )
  const servers = new Map<string, Remote>(opened)
  const subject = ({ server: name, withKey }: Step, write: boolean): Subject => {
    const server = servers.get(name.join(" "))!
    return { server, load: write ? (withKey ? writesWithKey : writes)(server) : reads(server) }
  }
  try {
    settings.say("GET, layer by layer")
    // A read has no key.
    const reading = steps.filter(({ server: [, variant], withKey }) => withKey === undefined || variant === "core")
    const read = await measure(
      reading.map((step) => subject(step, false)),
      settings
    )
    settings.say("POST, layer by layer")
    const written = await measure(
      steps.map((step) => subject(step, true)),
      settings
    )
    const cells = (rates: ReadonlyArray<Rates>, index: number) => {
      if (index === -1) return ["", ""]
      const lost = index === 0 ? "" : percent(1 - ratio(rates[index]!, rates[index - 1]!))
      return [number(rates[index]!.median), lost]
    }
    const surrounding = surrounds(read, written)
    return {
      rows: [surrounding.row],
      text: [
        line("requests per CPU second", "GET one task", "lost", "POST a task", "lost"),
        line("---", "---:", "---:", "---:", "---:"),
        ...steps.map((step, index) => line(step.what, ...cells(read, reading.indexOf(step)), ...cells(written, index))),
        "",
        ...surrounding.text
      ].join("\n")
    }
  } finally {
    await Promise.all([...servers.values()].map((server) => server.close()))
  }
}
