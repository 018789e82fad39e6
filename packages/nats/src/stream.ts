/**
 * The stream, and the consumers that are kept at the server: made where they are missing, and as they should be.
 */
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  JetStreamApiCodes,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig
} from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import type { Settings } from "./Settings.ts"

/** Whether the server says that there is no such thing. */
const isMissing = (error: unknown): boolean =>
  error instanceof JetStreamApiError &&
  (error.code === JetStreamApiCodes.StreamNotFound || error.code === JetStreamApiCodes.ConsumerNotFound)

/** What the server has of something; undefined where it has nothing. */
const found = async <A>(info: Promise<A>): Promise<A | undefined> => {
  try {
    return await info
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** What is there otherwise than it should be. */
const differs = <Config extends object>(there: Config, wanted: Partial<Config>): boolean =>
  Object.entries(wanted).some(([name, value]) => JSON.stringify(there[name as keyof Config]) !== JSON.stringify(value))

const streamOf = ({ prefix, stream }: Settings) =>
  ({
    subjects: [`${prefix}.*.*`],
    max_age: nanos(stream.maxAge),
    max_bytes: stream.maxBytes,
    max_msg_size: stream.maxMessageBytes,
    duplicate_window: nanos(stream.duplicateWindow),
    num_replicas: stream.replicas
  }) satisfies Partial<StreamConfig>

export const ensureStream = async ({ streams }: JetStreamManager, settings: Settings): Promise<void> => {
  const { manage, name, storage } = settings.stream
  const there = await found(streams.info(name))
  if (there === undefined) {
    if (!manage) throw new Error("it is not there, and the host is to make it")
    await streams.add({
      name,
      ...streamOf(settings),
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      storage: storage === "memory" ? StorageType.Memory : StorageType.File
    })
  } else if (manage && differs(there.config, streamOf(settings))) {
    await streams.update(name, { ...there.config, ...streamOf(settings) })
  }
}

/** The durable consumer of a name: whoever of all processes asks for more gets what follows. */
export const ensureConsumer = async (
  { consumers }: JetStreamManager,
  settings: Settings,
  durable: string,
  filter: string
): Promise<void> => {
  const wanted = {
    filter_subject: filter,
    ack_wait: nanos(settings.acknowledgeWithin),
    max_ack_pending: settings.mostPending
  } satisfies Partial<ConsumerConfig>
  const there = await found(consumers.info(settings.stream.name, durable))
  if (there === undefined) {
    await consumers.add(settings.stream.name, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ...wanted
    })
  } else if (differs(there.config, wanted)) await consumers.update(settings.stream.name, durable, wanted)
}
