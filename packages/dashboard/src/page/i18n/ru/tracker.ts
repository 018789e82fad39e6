import type en from "../en/tracker.ts"

export default {
  "tasks.title": "Задачи",
  "tasks.search": "Поиск по названию",
  "tasks.status": "Статус",
  "tasks.status.all": "Все",
  "tasks.status.open": "В работе",
  "tasks.status.done": "Готово",
  "tasks.waiting": "Ждёт исполнителя",
  "tasks.new": "Новая задача",
  "tasks.new.title": "Название",
  "tasks.new.description": "Описание",
  "tasks.new.create": "Создать",
  "tasks.new.hint": "Она достанется кому-то случайно.",
  "tasks.done": "Готово",
  "tasks.complete": "Выполнить",
  "tasks.shuffle": "Перемешать",
  "tasks.shuffle.title": "Перемешать все открытые задачи?",
  "tasks.shuffle.text":
    "{count, plural, one {# открытая задача будет распределена} few {# открытые задачи будут распределены} many {# открытых задач будут распределены} other {# открытой задачи будут распределены}} заново. Новый исполнитель платит за назначение.",
  "tasks.shuffled":
    "{reassigned, plural, one {# задача перешла} few {# задачи перешли} many {# задач перешли} other {# задачи перешли}} к другим (из {open}).",
  "tasks.count": "{count, plural, one {# задача} few {# задачи} many {# задач} other {# задачи}}",
  "tasks.created": "Создана, исполнитель: {name}.",
  "tasks.none": "Ничего не найдено.",
  "tasks.first": "Задач пока нет. Создайте первую."
} as const satisfies Record<keyof typeof en, string>
