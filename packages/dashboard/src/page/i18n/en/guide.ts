export default {
  "guide.title": "Nothing has happened here yet. Begin like this:",
  "guide.people": "Add the people who will do the work",
  "guide.people.text": "Tasks go to everybody who is neither manager nor admin.",
  "guide.tasks": "Create the first tasks",
  "guide.tasks.text": "Each goes to somebody at random, who pays a fee for it and earns an award when it is done.",
  "guide.many": "Paste many",
  "guide.wait": "Tasks will come to you",
  "guide.wait.text":
    "You pay a fee when you get one, and earn its award when you complete it. You can create tasks, too.",
  "guide.books": "See the day close",
  "guide.books.text": "At the end of each business day everybody above zero is paid out, and the books are sealed.",
  "guide.development": "Development server",
  "guide.become": "Become somebody",
  "guide.day": "It is {day}",
  "guide.day.next": "Let the day end",
  "guide.day.passed": "It is {day} now, and the day before is being closed.",
  "guide.day.look": "What {day} brought",
  "guide.day.told": "Mails"
} as const
