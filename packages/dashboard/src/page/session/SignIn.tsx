/**
 * What is seen by whoever is not signed in: why not, and how to be.
 */
import { useStore } from "@nanostores/react"
import { lazy, Suspense } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Logo } from "../ui/Logo.tsx"
import { useTitle } from "../ui/title.ts"
import { config } from "./config.ts"
import { Everybody } from "./Everybody.tsx"
import type { Ended } from "./session.ts"
import { $which } from "./which.ts"
import "./signIn.css"

const AtProvider = lazy(() => import("./AtProvider.tsx"))

const SignIn = ({ ended }: { readonly ended: Ended }) => {
  const tell = useTexts()
  const { by } = config.signIn
  const company = useStore($which)
  useTitle("popug")
  return (
    <main className="sign-in">
      <Logo size={52} />
      <h1>{tell("signIn.title")}</h1>
      {company === undefined ? null : <p className="soft">{company}</p>}
      {ended.why !== null && (
        <div role="alert" className="sign-in-why">
          <p>{tell(`signIn.${ended.why}`)}</p>
          {ended.detail !== undefined && <p className="small">{ended.detail}</p>}
        </div>
      )}
      {by === "development" && <Everybody />}
      {by === "nobody" && <Nobody />}
      {by === "oidc" && (
        <Suspense>
          <AtProvider why={ended.why} />
        </Suspense>
      )}
    </main>
  )
}

/** A server that lets in whoever has a token, and whose page is not registered with the provider. */
const Nobody = () => {
  const tell = useTexts()
  return (
    <>
      <p>{tell("signIn.nobody")}</p>
      <p className="soft">{tell("signIn.operator", { setting: "POPUG_OIDC_CLIENT_ID" })}</p>
    </>
  )
}

export default SignIn
