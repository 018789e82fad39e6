// Loaded before the server of the workspace: the page that it serves is built when its sources have changed.
import { buildPage } from "../packages/dashboard/build/page.ts"

await buildPage((words) => console.log(`\n  ${words}`))
