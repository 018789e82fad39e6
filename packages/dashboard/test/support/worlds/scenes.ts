/**
 * Everything of the page that one can look at: views, dialogs, and how one gets there as a person does.
 */
import type { Page } from "playwright-core"
import type { Language } from "../../../src/page/i18n/languages.ts"
import { settled } from "../settled.ts"
import { type Say, sayIn } from "./texts.ts"
import type { World, WorldName } from "./worlds.ts"

export interface Scene {
  readonly name: string
  /** Who looks; null for whoever is not signed in. */
  readonly who: "Anna" | "Masha" | "Anton" | "Olga" | null
  /** Null where the company has nothing to show there. */
  readonly path: (world: World) => string | null
  /** What one does once there: opens a dialog, types. */
  readonly act?: (page: Page, say: Say) => Promise<unknown>
  /** In which companies it is worth a look; the demonstration alone unless it is said. */
  readonly worlds: ReadonlyArray<WorldName>
}

const everywhere: ReadonlyArray<WorldName> = ["empty", "demonstration", "large"]
const once: ReadonlyArray<WorldName> = ["demonstration"]
const scene = (
  name: string,
  who: Scene["who"],
  path: string | Scene["path"],
  rest: Partial<Pick<Scene, "act" | "worlds">> = {}
): Scene => ({ name, who, path: typeof path === "string" ? () => path : path, worlds: once, ...rest })

const press =
  (label: Parameters<Say>[0], within = "main") =>
  (page: Page, say: Say) =>
    page
      .locator(within)
      .getByRole("button", { name: say(label), exact: true })
      .first()
      .click()
const keys =
  (...all: ReadonlyArray<string>) =>
  async (page: Page) => {
    for (const key of all) await page.keyboard.press(key)
  }
const openEntry = (page: Page) => page.getByRole("row").getByRole("link").first().click()

const tracker: ReadonlyArray<Scene> = [
  scene("tasks", "Masha", "/tasks", { worlds: everywhere }),
  scene("tasks-mine", "Olga", "/tasks", { worlds: everywhere }),
  scene("tasks-as-admin", "Anna", "/tasks", { worlds: ["empty"] }),
  scene("tasks-as-accountant", "Anton", "/tasks", { worlds: ["empty"] }),
  scene("tasks-done", "Masha", "/tasks?status=done", { worlds: ["empty", "demonstration"] }),
  scene("tasks-search", "Masha", "/tasks?q=mango&status=all", { worlds: ["demonstration", "large"] }),
  scene("tasks-none-found", "Masha", "/tasks?q=zzz"),
  scene("tasks-selected", "Masha", "/tasks", { act: keys("j", "x", "j", "x", "j") }),
  scene("task", "Masha", ({ open }) => (open === null ? null : `/tasks/${open}`), {
    worlds: ["demonstration", "large"]
  }),
  scene("task-mine", "Olga", ({ open }) => (open === null ? null : `/tasks/${open}`)),
  scene("task-done", "Anna", ({ done }) => (done === null ? null : `/tasks/${done}`)),
  scene("task-gone", "Masha", "/tasks/no-such-task"),
  scene("task-edit", "Masha", ({ open }) => (open === null ? null : `/tasks/${open}?edit=yes`)),
  scene("task-assign", "Masha", ({ open }) => (open === null ? null : `/tasks/${open}`), {
    act: press("tasks.assign")
  }),
  scene("task-new", "Masha", "/tasks?new=one"),
  scene("task-new-many", "Masha", "/tasks?new=many", {
    act: (page) =>
      page.locator("dialog[open] textarea").fill("Mend the roof\n[POPUG-17] Paint the door\n- Feed the parrots")
  }),
  scene("tasks-whose", "Masha", "/tasks", { act: (page) => page.locator(".whose button").first().click() }),
  scene("tasks-shuffle", "Masha", "/tasks", { act: press("tasks.shuffle"), worlds: everywhere })
]

const accounts: ReadonlyArray<Scene> = [
  scene("account", "Olga", "/account", { worlds: everywhere }),
  scene("account-month", "Olga", "/account?from=2026-03-01&to=2026-03-31"),
  scene("account-fees", "Olga", "/account?kind=fee"),
  scene("account-of-manager", "Masha", "/account"),
  scene("account-entry", "Olga", "/account", { act: openEntry }),
  scene("accounts", "Anton", "/accounts", { worlds: everywhere }),
  scene("accounts-red", "Anton", "/accounts?show=red"),
  scene("accounts-of-one", "Anton", "/accounts/olga", { worlds: ["demonstration", "large"] }),
  scene("accounts-entry-correct", "Anton", "/accounts/olga", {
    act: async (page, say) => {
      await openEntry(page)
      await press("correct.begin", "dialog[open]")(page, say)
    }
  }),
  scene("periods", "Anton", "/periods", { worlds: everywhere }),
  scene("period-open", "Anton", "/periods/current", { worlds: everywhere }),
  scene("period-closed", "Anton", ({ closedDay }) => (closedDay === null ? null : `/periods/${closedDay}`), {
    worlds: ["demonstration", "large"]
  }),
  scene("audit", "Anton", "/audit", { worlds: everywhere }),
  scene("audit-entry", "Anton", "/audit", { act: openEntry }),
  scene("audit-journal", "Anton", "/audit/journal", { worlds: ["empty", "demonstration"] }),
  scene("audit-trial-balance", "Anton", "/audit/trial-balance", { worlds: everywhere }),
  scene("audit-verification", "Anton", "/audit/verification"),
  scene("audit-verified", "Anton", "/audit/verification", { act: press("verify.begin") })
]

const office: ReadonlyArray<Scene> = [
  scene("analytics", "Anna", "/analytics", { worlds: everywhere }),
  scene("analytics-point", "Anna", "/analytics?days=30", {
    act: async (page) => {
      await page.getByRole("slider").first().focus()
      await page.keyboard.press("ArrowLeft")
    }
  }),
  scene("analytics-tables", "Anna", "/analytics?days=7", {
    act: async (page, say) => {
      for (const button of await page.getByRole("button", { name: say("chart.table"), exact: true }).all())
        await button.click()
    }
  }),
  scene("operator", "Anna", "/operator", { worlds: everywhere }),
  scene("operator-sent", "Anna", "/operator?notices=sent"),
  scene("operator-stopped", "Anna", "/operator", { worlds: ["stopped"] }),
  scene("operator-skip", "Anna", "/operator", { act: press("operator.skip"), worlds: ["stopped"] }),
  scene("people", "Anna", "/people", { worlds: everywhere }),
  scene("people-all", "Anna", "/people?status=all"),
  scene("people-as-manager", "Masha", "/people"),
  scene("people-new", "Anna", "/people", { act: press("people.new") }),
  scene("people-new-many", "Anna", "/people", {
    act: async (page, say) => {
      await press("people.new.many")(page, say)
      await page.locator("dialog[open] textarea").fill("王芳, worker\nSemyon, manager accountant\n, worker")
    }
  }),
  scene("people-log", "Anna", "/people?view=log", { worlds: ["demonstration", "large"] }),
  scene("person", "Anna", "/people/olga", { worlds: ["demonstration", "large"] }),
  scene("person-edit", "Anna", "/people/max", { act: press("people.edit") }),
  scene("person-deactivate", "Anna", "/people/olga", { act: press("people.deactivate") }),
  scene("person-gone", "Anna", "/people/boris")
]

const shell: ReadonlyArray<Scene> = [
  scene("sign-in", null, "/tasks", { worlds: ["demonstration", "large"] }),
  scene("palette", "Anna", "/tasks", { act: keys("ControlOrMeta+k") }),
  scene("help", "Masha", "/tasks", { act: keys("?") }),
  scene("who-menu", "Anna", "/tasks", { act: (page) => page.locator(".who-button").click() })
]

export const scenes: ReadonlyArray<Scene> = [...shell, ...tracker, ...accounts, ...office]

/** Goes to a scene, as somebody who is signed in already; false where there is nothing of it. */
export const show = async (page: Page, { act, path }: Scene, world: World, language: Language): Promise<boolean> => {
  const to = path(world)
  if (to === null) return false
  await page.goto(world.url + to)
  await settled(page)
  if (act !== undefined) {
    await act(page, sayIn(language))
    await settled(page)
  }
  return true
}
