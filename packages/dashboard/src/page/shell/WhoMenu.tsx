import { useStore } from "@nanostores/react"
import { type Language, languageNames, languages } from "../i18n/languages.ts"
import { $language, speak, useTexts } from "../i18n/texts.ts"
import type { Me } from "../session/me.ts"
import { leave } from "../session/session.ts"
import { $which } from "../session/which.ts"
import { Button } from "../ui/Button.tsx"
import { Face } from "../ui/Face.tsx"
import { rolesText } from "../ui/roles.ts"
import { $theme, chooseTheme, themes } from "../ui/theme.ts"

/** Who one is, and how one likes the page. */
export const WhoMenu = ({ me }: { readonly me: Me }) => {
  const tell = useTexts()
  const tongue = useStore($language)
  const look = useStore($theme)
  const company = useStore($which)
  return (
    <div>
      <button type="button" className="who-button" popoverTarget="who-menu">
        <Face id={me.id} name={me.name} />
        <span className="who-name">
          <span>{me.name}</span>
          <span className="soft small">{rolesText(tell, me.roles)}</span>
        </span>
      </button>
      <div id="who-menu" popover="auto" className="who-menu">
        {company === undefined ? null : <p className="soft small">{company}</p>}
        <label>
          {tell("language.label")}
          <select className="field" value={tongue} onChange={(event) => void speak(event.target.value as Language)}>
            {languages.map((name) => (
              <option key={name} value={name} lang={name}>
                {languageNames[name]}
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
