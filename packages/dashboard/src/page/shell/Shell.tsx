/**
 * What stands around every view: where one can go, and who one is.
 */
import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { type ReactNode, Suspense, useEffect, useMemo, useRef } from "react"
import { $address, go } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { runCommand, useCommands } from "../commands/commands.ts"
import { Help } from "../commands/Help.tsx"
import { Keys } from "../commands/Keys.tsx"
import { Palette } from "../commands/Palette.tsx"
import { companyQuery } from "../data/company.ts"
import { awaitRoom, room } from "../i18n/room.ts"
import { useTexts } from "../i18n/texts.ts"
import { config } from "../session/config.ts"
import type { Me } from "../session/me.ts"
import { $which } from "../session/which.ts"
import { Icon } from "../ui/Icon.tsx"
import { Logo } from "../ui/Logo.tsx"
import { useTitle } from "../ui/title.ts"
import { Connection } from "./Connection.tsx"
import { groups, type Place, places } from "./places.ts"
import { Trouble } from "./Trouble.tsx"
import "./shell.css"
import { WhoMenu } from "./WhoMenu.tsx"

const Newcomer = room("guide", () => import("../guide/Newcomer.tsx"))

export const Shell = ({ children, me }: { readonly children: ReactNode; readonly me: Me }) => {
  const tell = useTexts()
  const { path } = useStore($address)
  const here = path === "/" ? "/tasks" : path
  const mine = useMemo(() => places.filter((place) => place.for(me)), [me])
  useCommands(
    useMemo(
      () =>
        mine.map(({ key, path: to, title }) => ({
          id: `go${to.replace("/", "-")}`,
          title: tell(title),
          keys: `g ${key}`,
          run: () => go(to)
        })),
      [mine, tell]
    )
  )
  const place = places.find(({ path: to }) => isWithin(here, to))
  const isMine = place === undefined || place.for(me)
  const main = useFocusOf(place?.path)
  return (
    <div className="shell">
      <Titled text={place === undefined ? "popug" : tell(place.title)} />
      <a className="skip" href="#content">
        {tell("app.skip")}
      </a>
      <header className="shell-side">
        <Link to="/" className="shell-brand">
          <Logo />
          <span className="shell-name">
            <span>popug</span>
            <Which />
          </span>
        </Link>
        <div className="shell-find">
          <button type="button" onClick={() => runCommand("palette")}>
            <Icon name="search" />
            <span>{tell("palette.short")}</span>
            <Keys keys="mod+k" />
          </button>
          <button
            type="button"
            aria-label={tell("help.title")}
            title={tell("help.title")}
            onClick={() => runCommand("help")}
          >
            <Icon name="keys" />
          </button>
        </div>
        <Places mine={mine} here={here} />
        {config.signIn.by === "development" && (
          <Suspense>
            <Newcomer />
          </Suspense>
        )}
        <WhoMenu me={me} />
      </header>
      <main id="content" ref={main} tabIndex={-1}>
        <Trouble view={here}>{isMine ? children : <NotMine />}</Trouble>
      </main>
      <Connection />
      <Palette />
      <Help />
    </div>
  )
}

/** Of many companies, the one that is shown; where the token says which, it is known once somebody is there. */
const Which = () => {
  const company = useStore($which)
  const { data } = useQuery({ ...companyQuery, enabled: config.company === null })
  const told = data?.id
  useEffect(() => {
    if (config.company === null && told !== undefined) $which.set(told)
  }, [told])
  return company === undefined ? null : <span className="shell-company">{company}</span>
}

/** The title of the place. It stands before the view, so that the view comes after it and its own title counts. */
const Titled = ({ text }: { readonly text: string }) => {
  useTitle(text)
  return null
}

interface PlacesProps {
  readonly mine: ReadonlyArray<Place>
  readonly here: string
}

/** Instead of a view that the server would refuse: somebody has sent a link to it, or the roles have changed. */
const NotMine = () => {
  const tell = useTexts()
  return (
    <div className="shell-none">
      <Icon name="alert" />
      <p>{tell("state.notMine")}</p>
      <Link to="/tasks" className="button">
        {tell("nav.tasks")}
      </Link>
    </div>
  )
}

/** Where one can go. Where there is little room one moves it aside: where one is stays in sight. */
const Places = ({ here, mine }: PlacesProps) => {
  const tell = useTexts()
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    // What it returns, a promise in some browsers, is no clean-up.
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" })
  }, [here])
  return (
    <nav ref={nav} aria-label={tell("app.name")}>
      {groups.map((group) => {
        const places = mine.filter((place) => place.group === group)
        if (places.length === 0) return null
        return (
          <ul key={group} aria-label={tell(`nav.group.${group}`)} data-title={tell(`nav.group.${group}`)}>
            {places.map(({ icon, path: to, room: name, title }) => (
              <li key={to}>
                <Link
                  to={to}
                  className="shell-place"
                  aria-current={isWithin(here, to) ? "page" : undefined}
                  onPointerEnter={() => awaitRoom(name)}
                  onFocus={() => awaitRoom(name)}
                >
                  <Icon name={icon} />
                  <span>{tell(title)}</span>
                </Link>
              </li>
            ))}
          </ul>
        )
      })}
    </nav>
  )
}

/** Who goes to another place is there with the focus too; where one begins, the browser has it. */
const useFocusOf = (place: string | undefined) => {
  const main = useRef<HTMLElement>(null)
  const last = useRef(place)
  useEffect(() => {
    if (last.current !== place) main.current?.focus({ preventScroll: true })
    last.current = place
  }, [place])
  return main
}

const isWithin = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`)
