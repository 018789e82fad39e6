/**
 * Secrets of companies by HKDF from Node.
 */
import { hkdfSync } from "node:crypto"
import { CompanySecrets } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const length = 32

export const make = (key: Redacted.Redacted<string>): CompanySecrets["Service"] =>
  CompanySecrets.of({
    of: (company) =>
      Effect.sync(() => {
        const derived = hkdfSync("sha256", Redacted.value(key), "", CompanySecrets.info(company), length)
        return Redacted.make(Buffer.from(derived).toString("hex"))
      })
  })
