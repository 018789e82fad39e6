/**
 * The keys by which contexts know one another, of a company on one machine.
 */
import { createHmac } from "node:crypto"
import type { ContextName } from "@popug/http/api"

/** Who asks whom. */
const askers: Readonly<Record<ContextName, ReadonlyArray<ContextName>>> = {
  users: ["tasks", "billing", "reports"],
  tasks: ["billing"],
  billing: ["tasks", "reports"],
  reports: []
}

/**
 * What a context shows and whom it knows. The keys come from the company's secret, which every context has anyway;
 * where each is run by somebody else, they are given keys of their own.
 */
export const keysOf = (context: ContextName, secret: string): Readonly<Record<string, string>> => {
  const keyOf = (name: ContextName) => createHmac("sha256", secret).update(`popug.service ${name}`).digest("hex")
  const known = askers[context].map((name) => `${name}=${keyOf(name)}`)
  return { POPUG_KEY: keyOf(context), ...(known.length === 0 ? {} : { POPUG_KEYS: known.join(",") }) }
}
