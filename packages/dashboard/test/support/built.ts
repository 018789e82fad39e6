/** The page is built before its tests, when its sources have changed. */
import { buildPage } from "../../build/page.ts"

export const setup = async (): Promise<void> => {
  await buildPage()
}
