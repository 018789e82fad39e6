import { buildPackage } from "../../tsup.base.ts"

/** The page is Vite's. What serves it is one file, beside which the page is found. */
export default buildPackage(import.meta.dirname, "src/server/index.ts")
