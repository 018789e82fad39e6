/**
 * The people of the company: who there is, one of them, or what was done by whom.
 */
import { useStore } from "@nanostores/react"
import { $address } from "../address/address.ts"
import { Everybody } from "./Everybody.tsx"
import { Log } from "./Log.tsx"
import { PersonView } from "./PersonView.tsx"
import "./people.css"

const People = () => {
  const { path, query } = useStore($address)
  const id = path.split("/")[2]
  if (id !== undefined && id !== "") return <PersonView key={id} id={decodeURIComponent(id)} />
  return query.get("view") === "log" ? <Log /> : <Everybody />
}

export default People
