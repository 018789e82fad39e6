/**
 * The people of the company: who there is, one of them, or what was done by whom.
 */
import { useStore } from "@nanostores/react"
import { $address, partOf } from "../address/address.ts"
import { Everybody } from "./Everybody.tsx"
import { Log } from "./Log.tsx"
import { PersonView } from "./PersonView.tsx"
import "./people.css"

const People = () => {
  const { path, query } = useStore($address)
  const id = partOf(path.split("/")[2])
  if (id !== undefined) return <PersonView key={id} id={id} />
  return query.get("view") === "log" ? <Log /> : <Everybody />
}

export default People
