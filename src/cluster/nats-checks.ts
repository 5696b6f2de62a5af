/**
 * Whether a NATS server can be relied on as the engine of a cluster: what it says of itself and of its tables against what is wanted,
 * as sentences for whoever runs it. Asks nobody.
 */

import { headerBytes } from './message.ts';

/** What a server said. */
export interface NatsFacts {
  readonly version: string;
  readonly hasJetStream: boolean;
  readonly payloadBytesMax: number;
  /** Tables that are there. */
  readonly tables: readonly { readonly name: string; readonly storage: string; readonly replicas: number }[];
}

export interface NatsWishes {
  /** The largest frame that fronts take. */
  readonly frameBytesMax: number;
  readonly replicas: number;
}

export interface NatsFindings {
  /** Each of them keeps a node from starting. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Beside a frame a message carries a header and the key of its session. */
const besidesFrameBytes = headerBytes + 1024;

/** The first version of each line in which known holes are closed; every line after the last has them closed. */
const soundVersions: readonly (readonly [major: number, minor: number, patch: number])[] = [
  [2, 12, 7],
  [2, 14, 0],
];

export function checkNats(facts: NatsFacts, { frameBytesMax, replicas }: NatsWishes): NatsFindings {
  const problems: string[] = [];
  const warnings: string[] = [];
  if (!facts.hasJetStream) {
    problems.push(
      'JetStream is not enabled on the server: start it with `-js -sd FOLDER`, or add `jetstream { store_dir: "..." }` to its configuration.',
    );
  }
  const payloadBytes = frameBytesMax + besidesFrameBytes;
  if (facts.payloadBytesMax < payloadBytes) {
    problems.push(
      `The server carries ${facts.payloadBytesMax} bytes in a message, and frames may have ${frameBytesMax}: set \`max_payload: ${payloadBytes}\` in its configuration, or let frames be smaller.`,
    );
  }
  const inMemory = facts.tables.filter(({ storage }) => storage !== 'file').map(({ name }) => name);
  if (inMemory.length > 0) {
    problems.push(
      `Kept in memory, and lost with the server: ${inMemory.join(', ')}. Remove each with \`nats stream rm NAME\` while no node runs; they are made anew on disk.`,
    );
  }
  const thin = facts.tables.filter((table) => table.replicas < replicas).map(({ name }) => name);
  if (thin.length > 0) {
    problems.push(
      `With fewer than the ${replicas} copies that are wanted: ${thin.join(', ')}. Change each with \`nats stream edit NAME --replicas ${replicas}\`, or ask for fewer.`,
    );
  }
  if (!isSound(facts.version)) {
    warnings.push(
      `The server is version ${facts.version}: in production use 2.12.7, 2.14.0 or later, with \`sync_interval: always\`.`,
    );
  }
  if (replicas === 1)
    warnings.push('The tables have one replica: while that server is away the cluster stops within seconds.');
  return { problems, warnings };
}

function isSound(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const isOfSoundLine = soundVersions.some(([a, b, c]) => major === a && minor === b && patch >= c);
  return isOfSoundLine || major > 2 || (major === 2 && minor > 14);
}
