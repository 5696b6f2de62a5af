/**
 * What is there to be tested: asked once, before the plays, as a client asks that behaves well. Of a server what it offers; of a proxy
 * whether its clients share servers.
 */

import { isJsonObject } from '../../protocol/derive.ts';
import type { RequestId } from '../../protocol/envelope.ts';
import { systemClock } from '../../runtime/system-clock.ts';
import { perform } from '../play/perform.ts';
import { hello, initialized, metaOf } from '../play/spoken.ts';
import type { WireMessage } from '../play/history.ts';
import type { RunningTarget, Target, TargetConnection } from '../play/target.ts';
import { TargetError } from '../targets/target-error.ts';

export interface OfferedTool {
  readonly name: string;
  readonly inputSchema: unknown;
  /** The server says that it changes nothing. */
  readonly isReadOnly: boolean;
}

/** What a server offers, as far as its first pages of lists go. */
export interface Offer {
  readonly server: string;
  /** Names of what it says that it can do: `tools`, `prompts`. */
  readonly capabilities: readonly string[];
  readonly tools: readonly OfferedTool[];
  readonly resources: readonly string[];
  readonly prompts: readonly { readonly name: string; readonly arguments: readonly string[] }[];
}

/** @throws TargetError where it does not come up, or does not shake hands. */
export async function surveyServer(target: Target): Promise<Offer> {
  const running = await target.start({ clock: systemClock(), serve: () => silence });
  try {
    const client = new Client(running, target);
    await client.connect();
    const greeted = await client.greet();
    const capabilities = isJsonObject(greeted['capabilities']) ? Object.keys(greeted['capabilities']) : [];
    const info = isJsonObject(greeted['serverInfo']) ? greeted['serverInfo']['name'] : undefined;
    const list = async (
      what: 'tools' | 'resources' | 'prompts',
    ): Promise<readonly Readonly<Record<string, unknown>>[]> => {
      if (!capabilities.includes(what)) return [];
      const listed = (await client.ask(`${what}/list`))?.[what];
      return Array.isArray(listed) ? (listed as readonly unknown[]).filter(isJsonObject) : [];
    };
    return {
      server: typeof info === 'string' ? info : '',
      capabilities,
      tools: (await list('tools')).flatMap(toolIn),
      resources: (await list('resources')).flatMap(({ uri }) => (typeof uri === 'string' ? [uri] : [])),
      prompts: (await list('prompts')).flatMap(promptIn),
    };
  } finally {
    await running.stop();
  }
}

/**
 * Whether two clients of a proxy are behind one connection to a server.
 * @throws TargetError where it does not come up, or does not shake hands.
 */
export async function surveyProxy(target: Target): Promise<{ readonly sharesServers: boolean }> {
  const connecting = target.era === 'session' ? ([{ do: 'connect' }, { do: 'initialize', client: 0 }] as const) : [];
  if (connecting.length === 0) return { sharesServers: true };
  const settle = { do: 'settle' } as const;
  const history = await perform([...connecting, settle, ...connecting, settle], target);
  const clients = history.filter((event) => event.type === 'connected' && event.role === 'client');
  const welcomed = history.filter(
    (event) =>
      event.type === 'received' &&
      isJsonObject(event.message.result) &&
      'protocolVersion' in event.message.result &&
      clients.some((client) => client.type === 'connected' && client.connection === event.connection),
  );
  if (welcomed.length < clients.length)
    throw new TargetError(`${target.name}: a client of it is not answered when it begins its session`);
  const [, second] = clients;
  const servers = history.filter((event) => event.type === 'connected' && event.role === 'server');
  return { sharesServers: !servers.some(({ seq }) => second !== undefined && seq > second.seq) };
}

const silence = { message: () => {}, unreadable: () => {}, exchangeEnded: () => {}, closed: () => {} };

/** A client that asks one thing after the other. */
class Client {
  readonly #running: RunningTarget;
  readonly #target: Target;
  readonly #answers = new Map<RequestId, WireMessage>();
  #connection: TargetConnection | undefined;
  #asked = 0;

  constructor(running: RunningTarget, target: Target) {
    this.#running = running;
    this.#target = target;
  }

  async connect(): Promise<void> {
    const message = (said: WireMessage): void => {
      if (said.method === undefined && said.id != null) this.#answers.set(said.id, said);
    };
    this.#connection = await this.#running.connect({ ...silence, message }, {});
  }

  /** @throws TargetError */
  async greet(): Promise<Readonly<Record<string, unknown>>> {
    const isSession = this.#target.era === 'session';
    const answer = await this.#exchange(isSession ? hello(0) : this.#request('server/discover'));
    if (isJsonObject(answer?.result)) {
      if (isSession) this.#connection!.send(initialized, ++this.#asked);
      return answer.result;
    }
    const said = answer?.error === undefined ? 'nothing' : `error ${answer.error.code}: ${answer.error.message}`;
    const asked = isSession ? 'initialize' : 'server/discover';
    throw new TargetError(`${this.#target.name}: to ${asked} it said ${said}`, this.#running.lastWords?.() ?? []);
  }

  /** Undefined where it is refused, or not answered. */
  async ask(method: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const answer = await this.#exchange(this.#request(method));
    return isJsonObject(answer?.result) ? answer.result : undefined;
  }

  #request(method: string): WireMessage {
    const _meta = metaOf(this.#target.era, undefined);
    return { jsonrpc: '2.0', id: this.#asked + 1, method, ...(_meta === undefined ? {} : { params: { _meta } }) };
  }

  async #exchange(message: WireMessage): Promise<WireMessage | undefined> {
    this.#connection!.send(message, ++this.#asked);
    await this.#running.settle();
    return this.#answers.get(message.id!);
  }
}

function toolIn({ name, inputSchema, annotations }: Readonly<Record<string, unknown>>): readonly OfferedTool[] {
  if (typeof name !== 'string') return [];
  return [{ name, inputSchema, isReadOnly: isJsonObject(annotations) && annotations['readOnlyHint'] === true }];
}

function promptIn({ name, arguments: given }: Readonly<Record<string, unknown>>): Offer['prompts'] {
  if (typeof name !== 'string') return [];
  const names = Array.isArray(given)
    ? (given as readonly unknown[]).filter(isJsonObject).map((one) => one['name'])
    : [];
  return [{ name, arguments: names.filter((one) => typeof one === 'string') }];
}
