/** Pages of a server of many companies say which one they show: in sight, and in the title of the window. */
import { afterAll, expect, it } from "vitest"
import { enter } from "../support/atProvider.ts"
import { signIn } from "../support/browser.ts"
import { startCompanies } from "../support/companies.ts"
import { startCompany } from "../support/company.ts"
import { patient, visitors } from "../support/journeys.ts"
import { startProvider } from "../support/provider.ts"

const provider = await startProvider()
afterAll(() => provider.stop())
const [byPath, byClaim, one, browser] = await Promise.all([
  startCompanies(),
  startCompanies({ issuer: provider.issuer }),
  startCompany(),
  visitors()
])
afterAll(() => Promise.all([byPath.stop(), byClaim.stop(), one.stop()]))
provider.register(byClaim.url)

it("says it before and after one signs in, where the address says which it is", async () => {
  for (const id of ["acme", "zoo"]) {
    const { complaints, page } = await browser.visit(`${byPath.url}/c/${id}/`)
    await page.getByRole("main").getByText(id, { exact: true }).waitFor()
    expect(await page.title()).toBe(`${id} · popug`)
    await signIn(page, "Masha")
    await page.getByRole("link", { name: `popug ${id}` }).waitFor()
    await expect.poll(() => page.title(), patient).toBe(`Tasks · ${id} · popug`)
    expect(complaints).toEqual([])
  }
})

it("says of an address without a company that there is none", async () => {
  const { page } = await browser.visit(`${byPath.url}/c/nowhere/`)
  await page.getByText("There is no such company here, or it rests.").waitFor()
})

it("says it in the menu of whoever is there, where there is little room", async () => {
  const { page } = await browser.visit(`${byPath.url}/c/acme/`, { viewport: { width: 390, height: 800 } })
  await signIn(page, "Masha")
  await page.getByRole("button", { name: /Masha/u }).click()
  await page.locator("#who-menu").getByText("acme", { exact: true }).waitFor()
})

it("says it once somebody is there, where their token says which it is", async () => {
  const { complaints, page } = await browser.visit(byClaim.url)
  await page.getByRole("button", { name: /^Continue/u }).waitFor()
  expect(await page.title()).toBe("popug")
  await enter(page, "masha")
  await page.getByRole("link", { name: "popug acme" }).waitFor()
  await expect.poll(() => page.title(), patient).toBe("Tasks · acme · popug")
  expect(complaints).toEqual([])
})

it("says nothing where there is one company", async () => {
  const { page } = await browser.visit(one.url)
  await signIn(page, "Masha")
  await expect.poll(() => page.title(), patient).toBe("Tasks · popug")
  expect(await page.locator(".shell-company").count()).toBe(0)
})
