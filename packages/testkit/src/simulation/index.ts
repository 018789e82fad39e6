/**
 * A whole company on virtual time, with everything going wrong that can.
 */
export * as Bugs from "./bugs/Bugs.ts"
export * as Elsewhere from "./Elsewhere.ts"
export * as Faults from "./Faults.ts"
export * as Simulation from "./Simulation.ts"
