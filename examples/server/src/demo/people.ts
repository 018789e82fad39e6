/**
 * Who works in the demonstration company, and at what.
 */
import type { NewUser } from "@popug/core"

export const people: ReadonlyArray<NewUser & { readonly id: string }> = [
  { id: "anna", name: "Anna", roles: ["admin"] },
  { id: "masha", name: "Masha", roles: ["manager"] },
  { id: "anton", name: "Anton", roles: ["accountant"] },
  { id: "olga", name: "Olga", roles: ["worker"] },
  { id: "pavel", name: "Pavel", roles: ["worker"] },
  { id: "rita", name: "Rita", roles: ["worker"] },
  { id: "semyon", name: "Semyon", roles: ["designer"] },
  { id: "vera", name: "Vera", roles: ["worker"] }
]

export const titles: ReadonlyArray<string> = [
  "Mend the roof of the aviary",
  "Count the sunflower seeds",
  "Teach the parser to say please",
  "Oil the swing",
  "Answer the letter from the zoo",
  "Paint the perch green",
  "Find out who ate the backups",
  "Sharpen the beak of the release script",
  "Sweep the feathers from the server room",
  "Translate the manual into whistles",
  "Label the mango crates",
  "Repair the mirror in the lift",
  "Write down how the bell works",
  "Order new millet",
  "Test the emergency flight plan",
  "Tidy the nest of feature flags",
  "Rehearse the morning song",
  "Check the locks of the cages",
  "Draw the map of the palm trees",
  "Weigh the coconuts"
]
