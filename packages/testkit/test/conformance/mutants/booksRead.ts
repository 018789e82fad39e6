/**
 * Ways to break what `BillingStore` reads.
 */
import { BillingStore, type StoreError } from "@popug/core"
import type { billingStore } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import { mangles } from "./mangles.ts"
import { over } from "./Mutant.ts"

type Store = BillingStore["Service"]

export const onPages = (
  name: "transfers" | "prices" | "accounts" | "balances" | "closed" | "shuffles",
  promise: keyof (typeof billingStore)["promises"]
) =>
  Object.entries(mangles).map(([what, mangle]) => ({
    name: `${name}: ${what}`,
    breaks: [promise],
    layer: over(BillingStore, (store) => {
      const list = store[name] as (
        filter: never,
        paging: { readonly limit: number }
      ) => Effect.Effect<{ readonly rows: ReadonlyArray<unknown>; readonly more: boolean }, StoreError>
      return {
        [name]: (filter: never, paging: { readonly limit: number }) =>
          Effect.map(list(filter, paging), (page) => mangle(page, paging.limit))
      } as Partial<Store>
    })
  }))

export const read = (
  name: string,
  promise: keyof (typeof billingStore)["promises"],
  mutilate: (store: Store) => Partial<Store>
) => ({ name, breaks: [promise], layer: over(BillingStore, mutilate) })
