/**
 * The company that is looked at, in a process of its own: it says where it is, and ends when its parent does.
 */
import { startMany } from "../../test/support/worlds/many.ts"

const { url } = await startMany(10_000)
process.on("disconnect", () => process.exit())
process.send!(url)
