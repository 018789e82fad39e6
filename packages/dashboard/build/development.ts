/**
 * `npm run dev`: the page from its sources, drawn anew as they change, in front of the server that `npm start` runs.
 */
import type { Plugin, ServerOptions } from "vite"
import { documentOf } from "../src/server/document.ts"

const api = process.env["POPUG_URL"] ?? "http://127.0.0.1:3000"

/** What is not the page's own is the server's. */
export const beforeServer: ServerOptions = {
  host: "127.0.0.1",
  port: 5173,
  proxy: Object.fromEntries(
    ["/v1", "/dev", "/docs", "/openapi.json", "/livez", "/readyz"].map((path) => [path, { target: api }])
  )
}

/** The document as the server would send it, but for its policy: Vite has scripts of its own in it. */
export const served = (): Plugin => ({
  name: "popug:served",
  apply: "serve",
  transformIndexHtml: (html) => documentOf(html, { prefix: "", signIn: { by: "development" } })
})
