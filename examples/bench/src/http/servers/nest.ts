/**
 * Nest 12 on Express as its guide has it: a controller, a provider, and the validation pipe with class-validator.
 * Decorators are called as functions: the workspace's TypeScript is plain JavaScript with types, which has none.
 */
// oxlint-disable-next-line import/no-unassigned-import -- it gives decorators a place to write to
import "reflect-metadata"
import type { AddressInfo } from "node:net"
import {
  Body,
  Controller,
  Get,
  Headers,
  HttpException,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
  Query,
  Res,
  ValidationPipe
} from "@nestjs/common"
import { NestFactory } from "@nestjs/core"
import type { NestExpressApplication } from "@nestjs/platform-express"
import { Transform } from "class-transformer"
import {
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  Validate,
  ValidateIf,
  ValidatorConstraint
} from "class-validator"
import * as Rules from "../Rules.ts"
import { type Draft, etagOf, makeStore, usualLimit } from "../tasks.ts"
import { host, type Start } from "./server.ts"

/** What of Express' response is used. */
interface Response {
  setHeader(name: string, value: string): void
  status(code: number): Response
}

/** `@a @b class` and `@a @b method()`, outermost first. */
const decorate = (decorators: ReadonlyArray<(...target: never) => unknown>, ...target: Array<unknown>): void => {
  for (const decorator of decorators.toReversed()) decorator(...(target as never))
}
/** What TypeScript would emit of a property's or parameter's type. */
const typed = (types: unknown, target: object, key: string, of = "design:type") =>
  Reflect.defineMetadata(of, types, target, key)

class WellFormed {
  validate(value: unknown) {
    return typeof value === "string" && value.isWellFormed()
  }
}
decorate([ValidatorConstraint({ name: "wellFormed" })], WellFormed)

class NoBracketedKey {
  validate(value: unknown) {
    return typeof value === "string" && !Rules.bracketedKey.test(value)
  }
}
decorate([ValidatorConstraint({ name: "noBracketedKey" })], NoBracketedKey)

const normalised = Transform(({ value }: { value: unknown }) =>
  typeof value === "string" ? value.normalize("NFC") : value
)
const given = ValidateIf((_: object, value: unknown) => value !== undefined)

class NewTask {
  declare id?: string
  declare title: string
  declare description?: string
  declare jiraId?: string | null
}
const fields = {
  id: [given, Matches(Rules.id)],
  title: [
    normalised,
    IsString(),
    Validate(WellFormed),
    Matches(Rules.notBlank),
    Matches(Rules.noControls),
    Validate(NoBracketedKey),
    Length(1, Rules.longestTitle)
  ],
  description: [
    given,
    normalised,
    IsString(),
    Validate(WellFormed),
    Matches(Rules.noControlsButBreaks),
    MaxLength(Rules.longestDescription)
  ],
  jiraId: [IsOptional(), Matches(Rules.jiraId)]
}
for (const [key, decorators] of Object.entries(fields)) {
  decorate(decorators, NewTask.prototype, key)
  typed(String, NewTask.prototype, key)
}

class ById {
  declare id: string
}
decorate([Matches(Rules.id)], ById.prototype, "id")

class Paging {
  declare limit?: string
}
decorate([given, Matches(Rules.limit)], Paging.prototype, "limit")

class TaskService {
  readonly #store = makeStore()
  get(id: string) {
    return this.#store.get(id)
  }
  list(limit: number) {
    return this.#store.list(limit)
  }
  create(draft: Draft) {
    return this.#store.create(draft)
  }
}
decorate([Injectable()], TaskService)

class TaskController {
  readonly tasks: TaskService
  constructor(tasks: TaskService) {
    this.tasks = tasks
  }
  get({ id }: ById, tag: string | undefined, response: Response) {
    const task = this.tasks.get(id)
    if (task === undefined) throw new NotFoundException(`no task has the id ${id}`)
    const etag = etagOf(task)
    response.setHeader("etag", etag)
    if (tag === etag) throw new HttpException("", 304)
    return task
  }
  list({ limit }: Paging) {
    return this.tasks.list(Number(limit ?? usualLimit))
  }
  create(draft: NewTask, response: Response) {
    const task = this.tasks.create(draft)
    response.setHeader("etag", etagOf(task))
    response.setHeader("location", `/v1/tasks/${task.id}`)
    return task
  }
}
Reflect.defineMetadata("design:paramtypes", [TaskService], TaskController)
decorate([Controller("v1/tasks")], TaskController)

const controller = TaskController.prototype
const method = (
  key: "get" | "list" | "create",
  decorator: MethodDecorator,
  parameters: ReadonlyArray<readonly [type: unknown, decorator: ParameterDecorator]>
) => {
  for (const [index, [, parameter]] of parameters.entries()) parameter(controller, key, index)
  typed(
    parameters.map(([type]) => type),
    controller,
    key,
    "design:paramtypes"
  )
  decorate([decorator], controller, key, Object.getOwnPropertyDescriptor(controller, key))
}
method("list", Get(), [[Paging, Query()]])
method("get", Get(":id"), [
  [ById, Param()],
  [String, Headers("if-none-match")],
  [Object, Res({ passthrough: true })]
])
method("create", Post(), [
  [NewTask, Body()],
  [Object, Res({ passthrough: true })]
])

// oxlint-disable-next-line typescript/no-extraneous-class -- all that Nest wants of a module is its name
class AppModule {}
decorate([Module({ controllers: [TaskController], providers: [TaskService] })], AppModule)

export const start: Start = async () => {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ["error"] })
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }))
  // The others make no digest of a list either.
  app.disable("etag")
  await app.listen(0, host)
  return { port: (app.getHttpServer().address() as AddressInfo).port }
}
