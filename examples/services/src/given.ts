/**
 * What the environment of `npm run services` can't say: what it decides by itself, or would pass over.
 */
import { isPostgres } from "@popug-examples/server/kinds"
import { contexts } from "@popug/http/api"

export const databaseOf = (context: string) => `POPUG_${context.toUpperCase()}_DATABASE_URL`

/** What it decides for each process. */
const decided = [
  "POPUG_SERVICE",
  "POPUG_KEY",
  "POPUG_KEYS",
  "POPUG_TRUSTED_PROXIES",
  ...contexts.map((context) => `POPUG_${context.toUpperCase()}_URL`)
]

/** Everything that is refused of the variables that are set. */
export const refusals = (set: Readonly<Record<string, string>>): ReadonlyArray<string> => [
  ...decided
    .filter((name) => set[name] !== undefined)
    .map((name) => `${name}: npm run services decides it for each process that it starts; main.ts takes it`),
  ...(set["DATABASE_URL"] === undefined
    ? []
    : [`DATABASE_URL: each context has a database of its own: ${contexts.map(databaseOf).join(", ")}`]),
  ...contexts
    .map(databaseOf)
    .filter((name) => set[name] !== undefined && !isPostgres(set[name]))
    .map((name) => `${name}: Expected a URL that begins with postgres://`)
]
