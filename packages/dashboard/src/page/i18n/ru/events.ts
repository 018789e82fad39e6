import type en from "../en/events.ts"

export default {
  "event.user.created": "Новый человек: {name}, {roles}",
  "event.user.changed": "Изменение: {name}, {roles}",
  "event.user.renamed": "Новое имя: {before} теперь {name}",
  "event.user.roles": "Роли, {name}: {roles}",
  "event.user.deactivated": "Доступ закрыт: {name}",
  "event.user.reactivated": "Доступ открыт снова: {name}",
  "event.user.identified":
    "Вход, {person}: {count, plural, =0 {нет учётных записей} one {# учётная запись} few {# учётные записи} many {# учётных записей} other {# учётной записи}}",
  "event.task.created": "Новая задача: {title}",
  "event.task.assigned": "Исполнитель {person}: {title}",
  "event.task.unassigned": "Ждёт исполнителя: {title}",
  "event.task.edited": "Изменена: {title}",
  "event.task.done": "Выполнена: {title}",
  "event.shuffled":
    "Перемешивание: к другим перешло {reassigned, number} из {open, plural, one {# открытой задачи} few {# открытых задач} many {# открытых задач} other {# открытой задачи}}",
  "event.ended": "Регистрация завершена: {day}",
  "event.closed": "День закрыт: {day}",
  "event.skipped": "Пропущены события {first}–{last} для {consumer}. {reason}",
  "event.other": "{type}, {source}"
} as const satisfies Record<keyof typeof en, string>
