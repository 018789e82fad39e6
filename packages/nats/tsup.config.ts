import { buildPackage } from "../../tsup.base.ts"

export default buildPackage(import.meta.dirname)
