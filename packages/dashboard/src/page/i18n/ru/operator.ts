import type en from "../en/operator.ts"

export default {
  "operator.server": "Сервер",
  "operator.server.asked": "…",
  "operator.server.ready": "Готов",
  "operator.server.unready": "Не готов принимать запросы",
  "operator.server.down": "Не отвечает",
  "operator.streams": "Потоки",
  "operator.all.well": "Все работают",
  "operator.all.failing": "Сбои",
  "operator.all.behind": "Догоняют",
  "operator.all.ahead": "Впереди источника",
  "operator.all.stopped": "Остановка",
  "operator.version": "Версия",
  "operator.consumer": "Кто за кем следует",
  "operator.state": "Состояние",
  "operator.at": "Событие",
  "operator.behind": "Отстаёт на",
  "operator.name.tasks": "Задачи следуют за людьми",
  "operator.name.billing": "Биллинг следует за задачами",
  "operator.name.billing.users": "Биллинг следует за людьми",
  "operator.name.reports": "Отчёты следуют за биллингом",
  "operator.name.other": "{consumer} следует за {source}",
  "operator.state.well": "Работает",
  "operator.state.behind": "Догоняет",
  "operator.state.ahead": "Впереди источника",
  "operator.state.failing": "Пробует снова",
  "operator.state.stopped": "Остановлен",
  "operator.failing.since":
    "{attempts, plural, one {# попытка} few {# попытки} many {# попыток} other {# попытки}}, начало",
  "operator.stopped": "{name}: остановка перед событием {number}",
  "operator.why.Gap":
    "Событие есть, а предыдущего нет: строки удалены или шина принесла то, чего нет в журнале. Верните их из резервной копии и повторите.",
  "operator.why.BrokenDigest":
    "Событие не несёт дайджест предыдущего: источник восстановлен из копии или строка изменена. Выясните, что именно, прежде чем продолжать.",
  "operator.why.BeyondLog":
    "Журнал кончается раньше, чем последнее применённое событие: источник восстановлен на более ранний момент. Восстановите оба на один момент и повторите.",
  "operator.why.Conflict":
    "Пришли два события с одним номером: один поток пишут два источника. Найдите второй и повторите.",
  "operator.why.Poisoned":
    "Событие не читается или противоречит книгам. Обновите сервер или исправьте ошибку и повторите; пропустите, если применять его не нужно никогда.",
  "operator.why.Difference":
    "Строки книг изменены вручную или восстановлены частично. Исправьте их и повторите. Это не пропускают.",
  "operator.event": "Событие {number}",
  "operator.noEvent": "События {number} нет в журнале.",
  "operator.retry": "Повторить",
  "operator.skip": "Пропустить…",
  "operator.noSkip": "Пропустить нельзя: исправьте и повторите.",
  "operator.resumed": "{name}: поток снова работает.",
  "operator.stoppedAgain": "{name}: поток снова остановился. Причина не устранена.",
  "operator.skip.title": "Пропустить то, что не применить: {name}",
  "operator.skip.what":
    "{count, plural, =0 {Ничего не пропускается: поток идёт дальше с события {first} несмотря на неверный дайджест.} one {Навсегда пропускается событие {first}:} few {Навсегда пропускаются # события, {first}–{last}:} many {Навсегда пропускаются # событий, {first}–{last}:} other {Навсегда пропускаются # события, {first}–{last}:}}",
  "operator.skip.means":
    "То, что они должны были провести, само не проведётся: это исправит бухгалтер. Пропуск записывается с вашим именем и причиной.",
  "operator.skip.through": "По событие",
  "operator.skip.reason": "Причина",
  "operator.skip.do":
    "{count, plural, =0 {Продолжить} one {Пропустить событие} few {Пропустить # события} many {Пропустить # событий} other {Пропустить # события}}",
  "operator.notices": "Уведомления",
  "operator.notices.waiting": "Ждут",
  "operator.notices.failed": "Не ушли",
  "operator.notices.sent": "Отправлены",
  "operator.notices.none.waiting": "Всё отправлено.",
  "operator.notices.none.failed": "Сбоев не было.",
  "operator.notices.none.sent": "Пока ничего не отправлено: уведомления уходят после закрытия дня.",
  "operator.notices.what": "Уведомление",
  "operator.notices.Report": "Отчёт менеджменту",
  "operator.notices.Audit": "Аудит-лог с печатью",
  "operator.notices.Payout": "Выплата: {owner}",
  "operator.notices.day": "День",
  "operator.notices.due": "Когда",
  "operator.notices.next": "Следующая попытка",
  "operator.notices.attempts": "Попытки",
  "operator.notices.error": "Последняя ошибка"
} as const satisfies Record<keyof typeof en, string>
