/**
 * What stands between bare handlers and a deployment, one thing after another, and what each takes.
 */
import { measure, type Rates, ratio, type Settings, type Subject } from "./rates.ts"
import { open, type Remote } from "./remote.ts"
import { reads, writes, writesWithKey } from "./requests.ts"
import { line, number, percent, type Section } from "./section.ts"
import type { Variant } from "./servers/variants.ts"

interface Step {
  readonly what: string
  /** None for bare handlers. */
  readonly variant: Variant | null
  /** Whether commands carry an `Idempotency-Key`. */
  readonly withKey: boolean
}

const steps: ReadonlyArray<Step> = [
  { what: "contract and bare handlers", variant: null, withKey: false },
  {
    what: "+ problems, request ids, security headers, metrics, body and time limits, entity tags by digest",
    variant: "around",
    withKey: false
  },
  { what: "+ compression for those who take it (the load does not)", variant: "compression", withKey: false },
  { what: "+ a JWT, verified before", variant: "JWT", withKey: false },
  { what: "+ rate limits by user and address", variant: "rate limit", withKey: false },
  { what: "+ an Idempotency-Key", variant: "rate limit", withKey: true },
  { what: "+ the core over memory, billing following", variant: "core", withKey: true }
]

export const layers = async (settings: Settings): Promise<Section> => {
  const variants = [...new Set(steps.map(({ variant }) => variant))]
  const opened = await Promise.all(
    variants.map(
      async (variant) => [variant, await (variant === null ? open("popug") : open("assembled", variant))] as const
    )
  )
  const servers = new Map<Variant | null, Remote>(opened)
  const subject = ({ variant, withKey }: Step, write: boolean): Subject => {
    const server = servers.get(variant)!
    return { server, load: write ? (withKey ? writesWithKey : writes)(server) : reads(server) }
  }
  try {
    settings.say("GET, layer by layer")
    // A read has no key.
    const reading = steps.filter(({ variant, withKey }) => !withKey || variant === "core")
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
    return {
      rows: [],
      text: [
        line("requests per CPU second", "GET one task", "lost", "POST a task", "lost"),
        line("---", "---:", "---:", "---:", "---:"),
        ...steps.map((step, index) => line(step.what, ...cells(read, reading.indexOf(step)), ...cells(written, index)))
      ].join("\n")
    }
  } finally {
    await Promise.all([...servers.values()].map((server) => server.close()))
  }
}
