import react from "@vitejs/plugin-react"
import { defaultClientConditions, defineConfig } from "vite"
import { beforeServer, served } from "./build/development.ts"
import { compiledMessages } from "./build/messages.ts"

/** The page: hashed files that never change, and one document that names them. */
export default defineConfig({
  root: import.meta.dirname + "/src/page",
  // Wherever a host puts it: the document says where it is.
  base: "./",
  plugins: [react(), compiledMessages(), served()],
  server: beforeServer,
  resolve: { conditions: ["@popug/source", ...defaultClientConditions] },
  build: {
    target: "es2023",
    outDir: import.meta.dirname + "/built",
    emptyOutDir: true,
    // Pictures in the code would be addresses with data, which the page's policy does not let in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    // What is bundled goes out with the licence that it came with, as each of them asks.
    license: { fileName: "third-party-licenses.md" },
    reportCompressedSize: false
  }
})
