/**
 * What somebody may do to a task, as far as the page offers it; what is allowed the server says.
 */
import { hasRole, type Me, seesTasks } from "../session/me.ts"
import { isOpen, type Task } from "./task.ts"

export const mayComplete = (me: Me, task: Task): boolean =>
  isOpen(task) && (task.assignee === me.id || hasRole(me, "admin"))

export const mayEdit = (me: Me, task: Task): boolean => isOpen(task) && (task.assignee === me.id || seesTasks(me))

export const mayAssign = (me: Me, task: Task): boolean => isOpen(task) && seesTasks(me)

export const mayShuffle = seesTasks
