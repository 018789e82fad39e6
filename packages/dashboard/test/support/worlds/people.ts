/**
 * Who works in the demonstration company, and at what: names in many scripts, titles short and long.
 */
import type { NewUser } from "@popug/core"

type Person = NewUser & { readonly id: string }

/** Those that a company begins with. */
export const founders: ReadonlyArray<Person> = [
  { id: "anna", name: "Anna Orlova", roles: ["admin"] },
  { id: "masha", name: "Masha Sokolova", roles: ["manager"] },
  { id: "anton", name: "Anton Weiss", roles: ["accountant"] },
  { id: "olga", name: "Olga Petrenko", roles: ["worker"] }
]

export const people: ReadonlyArray<Person> = [
  ...founders,
  { id: "pavel", name: "Pavel Novák", roles: ["worker"] },
  { id: "rita", name: "Rita Gonçalves", roles: ["worker"] },
  { id: "semyon", name: "Семён Левин", roles: ["designer"] },
  { id: "vera", name: "Vera Kim", roles: ["worker"] },
  { id: "yusuf", name: "Yusuf Demir", roles: ["worker"] },
  { id: "wang", name: "王芳", roles: ["worker"] },
  { id: "noor", name: "نور الهاشمي", roles: ["worker"] },
  { id: "max", name: "Maximilian Freiherr von Hohenlohe-Langenburg", roles: ["worker", "designer"] }
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
  "Weigh the coconuts",
  "Починить жёрдочку в переговорной",
  "Compare what the seed merchants ask for a year's supply with what was paid last spring, and write to the three cheapest",
  "Hang the new swings",
  "Ask the neighbours about the whistling at five in the morning",
  "Replace the water in every bowl",
  "Invoice the pirate for three months of shoulder training",
  "Move the nests away from the air conditioning",
  "Find the missing feather of the weather vane",
  "Explain recursion to the chicks",
  "Prepare the talk on colours for Friday"
]
