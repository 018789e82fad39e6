import { fold } from "./fold.ts"
import { table } from "./measure.ts"
import { tasks } from "./tasks.ts"
console.log(table([await fold(), await tasks()]))
