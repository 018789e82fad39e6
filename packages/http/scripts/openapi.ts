/**
 * `npm run docs:openapi`: writes docs/reference/openapi.json, the contract as it is published. A test fails when they
 * drift.
 */
import { writeFileSync } from "node:fs"
import { Api } from "../src/api/Api.ts"
import { openapi } from "../src/api/openapi/documented.ts"

export const path = new URL("../../../docs/reference/openapi.json", import.meta.url)

export const text = (): string => `${JSON.stringify(openapi(Api), null, 2)}\n`

if (import.meta.main) writeFileSync(path, text())
