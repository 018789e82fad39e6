import type en from "../en/guide.ts"

export default {
  "guide.title": "Здесь ещё ничего не было. Начните так:",
  "guide.people": "Добавьте тех, кто будет работать",
  "guide.people.text": "Задачи достаются всем, кроме менеджеров и администраторов.",
  "guide.tasks": "Создайте первые задачи",
  "guide.tasks.text": "Каждая достаётся кому-то случайно: тот платит за назначение и получает награду за выполнение.",
  "guide.many": "Вставить много",
  "guide.wait": "Задачи придут к вам сами",
  "guide.wait.text": "За назначение вы платите, за выполнение получаете награду. Создавать задачи тоже можно.",
  "guide.books": "Посмотрите, как закрывается день",
  "guide.books.text": "В конце рабочего дня положительные балансы выплачиваются, а книги запечатываются.",
  "guide.development": "Сервер для разработки",
  "guide.become": "Войти как",
  "guide.day": "Сегодня {day}",
  "guide.day.next": "Завершить день",
  "guide.day.passed": "Теперь {day}, предыдущий день закрывается.",
  "guide.day.look": "Итоги: {day}",
  "guide.day.told": "Письма"
} as const satisfies Record<keyof typeof en, string>
