import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { followHistory } from "./address/address.ts"
import { App } from "./App.tsx"
import { registry } from "./atoms/atoms.ts"
import { followKeys } from "./commands/commands.ts"
import { beginTexts } from "./i18n/texts.ts"
import { config } from "./session/config.ts"
import { developmentTokens } from "./session/development.ts"
import { begin } from "./session/session.ts"
import { applyTheme, theme } from "./ui/theme.ts"
import "./ui/base.css"

applyTheme(registry.get(theme))
followHistory()
followKeys()
await Promise.all([beginTexts(), config.signIn.by === "development" ? begin(developmentTokens) : undefined])
createRoot(document.querySelector("#root")!).render(
  <StrictMode>
    <App />
  </StrictMode>
)
