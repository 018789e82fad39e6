/**
 * For companies that really run, as processes: what their clients may ask for next, and the checks of what is left.
 */
export * as Joined from "../apart/Joined.ts"
export { check } from "./checks/check.ts"
export { collect, type Evidence } from "./checks/Evidence.ts"
export type { Violation } from "./checks/Violation.ts"
export { resolve } from "./Settings.ts"
export { ask, type Asked, other, type Outcome } from "./workload/ask.ts"
export { choose } from "./workload/choose.ts"
export { founders } from "./workload/Clients.ts"
export { type Act, type Command } from "./workload/Command.ts"
export { View } from "./workload/View.ts"
export { titleOf } from "./workload/wording.ts"
export { Chance } from "./world/Chance.ts"
