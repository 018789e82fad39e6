export default {
  "guide.title": "Nothing has happened here yet. Begin like this:",
  "guide.people": "Add the people who will do the work",
  "guide.people.text": "Tasks fall on everybody who is neither manager nor admin.",
  "guide.tasks": "Create the first tasks",
  "guide.tasks.text": "Each falls on somebody at random, who pays a fee for it and earns an award when it is done.",
  "guide.many": "Paste many",
  "guide.wait": "Tasks will come to you",
  "guide.wait.text": "You pay a fee when one does, and earn its award when you complete it. You can create tasks, too.",
  "guide.books": "See the day close",
  "guide.books.text": "At the end of each business day those above zero are paid out, and the books are sealed.",
  "guide.development": "Development server",
  "guide.become": "Become somebody",
  "guide.day": "It is {day}",
  "guide.day.next": "Let the day end",
  "guide.day.passed": "It is {day} now, and the day before closes.",
  "guide.day.look": "What {day} brought",
  "guide.day.told": "Mails that were sent"
} as const
