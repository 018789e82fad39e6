/**
 * What stands around the processes: as for the server of one process.
 */
export { identity } from "../../../server/test/support/identity.ts"
export { collector, postgres } from "../../../server/test/support/outside.ts"
export { root } from "../../../server/test/support/server.ts"
