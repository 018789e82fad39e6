import { useStore } from "@nanostores/react"
import { $language, languages, speak, useTexts } from "../i18n/texts.ts"
import { leave, type Me } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Face } from "../ui/Face.tsx"
import { $theme, chooseTheme, themes } from "../ui/theme.ts"

const names = { en: "English", ru: "Русский" }

/** Who one is, and how one likes the page. */
export const WhoMenu = ({ me }: { readonly me: Me }) => {
  const tell = useTexts()
  const tongue = useStore($language)
  const look = useStore($theme)
  return (
    <div className="who">
      <button type="button" className="who-button" popoverTarget="who-menu" aria-label={me.name}>
        <Face id={me.id} name={me.name} />
        <span className="who-name">
          <span>{me.name}</span>
          <span className="soft small">
            {me.roles.map((role) => (role in roles ? tell(roles[role as keyof typeof roles]) : role)).join(", ")}
          </span>
        </span>
      </button>
      <div id="who-menu" popover="auto" className="who-menu">
        <label>
          {tell("language.label")}
          <select className="field" value={tongue} onChange={(event) => void speak(event.target.value as "en" | "ru")}>
            {languages.map((name) => (
              <option key={name} value={name} lang={name}>
                {names[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {tell("theme.label")}
          <select
            className="field"
            value={look}
            onChange={(event) => chooseTheme(event.target.value as (typeof themes)[number])}
          >
            {themes.map((name) => (
              <option key={name} value={name}>
                {tell(`theme.${name}`)}
              </option>
            ))}
          </select>
        </label>
        <Button onClick={() => void leave()}>{tell("signIn.out")}</Button>
      </div>
    </div>
  )
}

const roles = {
  admin: "role.admin",
  manager: "role.manager",
  accountant: "role.accountant",
  worker: "role.worker"
} as const
