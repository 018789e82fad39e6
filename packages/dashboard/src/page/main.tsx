import { QueryClientProvider } from "@tanstack/react-query"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { followHistory } from "./address/address.ts"
import { App } from "./App.tsx"
import { followKeys } from "./commands/commands.ts"
import { followFeeds } from "./data/live.ts"
import { queries } from "./data/queries.ts"
import { beginTexts } from "./i18n/texts.ts"
import { config } from "./session/config.ts"
import { developmentTokens } from "./session/development.ts"
import { begin, end } from "./session/session.ts"
import { followVersions } from "./shell/newer.ts"
import { $theme, applyTheme } from "./ui/theme.ts"
import "./ui/base.css"

applyTheme($theme.get())
followHistory()
followKeys()
followFeeds()
followVersions()

/** Who is there. A provider is asked while the page waits; its part of the page is loaded where there is one alone. */
const beginSession = async (): Promise<void> => {
  if (config.signIn.by === "nobody") return end({ why: null })
  if (config.signIn.by === "development") return begin(developmentTokens)
  void import("./session/oidc/oidc.ts").then(({ oidcTokens }) => begin(oidcTokens))
}

await Promise.all([beginTexts(), beginSession()])
createRoot(document.querySelector("#root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>
)
