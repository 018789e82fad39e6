export default {
  "event.user.created": "New: {name}, {roles}",
  "event.user.changed": "Changed: {name}, {roles}",
  "event.user.renamed": "Renamed: {before} is {name} now",
  "event.user.roles": "Roles of {name}: {roles}",
  "event.user.deactivated": "Deactivated: {name}",
  "event.user.reactivated": "Reactivated: {name}",
  "event.user.identified":
    "Sign-in of {person}: {count, plural, =0 {no identities} one {# identity} other {# identities}}",
  "event.task.created": "New task: {title}",
  "event.task.assigned": "Assigned to {person}: {title}",
  "event.task.unassigned": "Waiting for somebody: {title}",
  "event.task.edited": "Edited: {title}",
  "event.task.done": "Done: {title}",
  "event.shuffled":
    "Shuffle: {reassigned, number} of {open, plural, one {# open task} other {# open tasks}} went to somebody else",
  "event.ended": "The registration of {day} ended",
  "event.closed": "{day} was closed",
  "event.skipped": "Skipped for {consumer}: events {first} to {last}. {reason}",
  "event.other": "{type} of {source}"
} as const
