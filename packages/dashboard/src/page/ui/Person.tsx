import { useName } from "../data/people.ts"
import { Face } from "./Face.tsx"

/** Somebody by face and name. */
export const Person = ({ id }: { readonly id: string }) => <Named id={id} name={useName(id)} />

/** Somebody whose name is known. */
export const Named = ({ id, name }: { readonly id: string; readonly name: string }) => (
  <span className="person">
    <Face id={id} name={name} />
    <bdi className="person-name">{name}</bdi>
  </span>
)
