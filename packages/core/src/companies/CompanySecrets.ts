/**
 * The port that has the secret of each company's draws.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { StoreError } from "../values/StoreError.ts"

/**
 * Contract: the same secret for the same company, on every node and for ever; nobody can tell one company's from
 * another's. Adapters derive them by HKDF from one key of the host; a host can give its own (`Layer.succeed`).
 */
export class CompanySecrets extends Context.Service<
  CompanySecrets,
  { readonly of: (company: string) => Effect.Effect<Redacted.Redacted<string>, StoreError> }
>()("@popug/core/CompanySecrets") {
  /** What an adapter's derivation calls the thing that it derives. */
  static readonly info = (company: string): string => `popug company secret ${company}`
}
