import { expect, it } from "vitest"
import { isolated } from "../src/page/i18n/isolated.ts"

it("keeps what is read from right to left apart from the words around it", () => {
  expect(isolated("Olga")).toBe("Olga")
  expect(isolated("Починить крышу 🦜")).toBe("Починить крышу 🦜")
  expect(isolated("שלום")).toBe("\u2068שלום\u2069")
  expect(isolated("مرحبا (1)")).toBe("\u2068مرحبا (1)\u2069")
})

it("lets nothing that was typed turn the words behind it", () => {
  expect(isolated("evil \u202Egnp.exe")).toBe("evil gnp.exe")
  expect(isolated("\u2069\u202Eשלום")).toBe("\u2068שלום\u2069")
})
