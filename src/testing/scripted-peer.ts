/**
 * A client or a server of a playbook: says what the test tells it to, remembers what it hears, and fails when what it hears
 * is not what the test expects next. An in-memory link: every message arrives at once.
 */

import type { PeerLink, UpstreamConnector, UpstreamEvents, UpstreamLink } from '../ports.ts';
import type { ReadFault } from '../protocol/faults.ts';
import type { RequestId } from '../protocol/envelope.ts';
import { decodeText, encodeText } from '../protocol/text.ts';
import type { ClientPeer, ServerPeer, SessionPeer } from '../runtime/api.ts';
import type { Departure } from '../session/upstream.ts';
import { type Message, failure, notification, request, result } from './messages.ts';
import { type Script, matches } from './script.ts';

/** What a peer says: a message, a batch of them, or exactly this text. */
export type Utterance = Message | readonly Message[] | string;

type Ear = Pick<SessionPeer, 'unreadable' | 'drained'> & { receive(bytes: Uint8Array): unknown };

abstract class ScriptedPeer implements PeerLink {
  readonly name: string;
  /** The runtime asked to stop reading from this peer. */
  isPaused = false;
  /** Why the runtime closed its link to this peer, once it did. */
  closedBecause: string | undefined = undefined;
  protected readonly script: Script;
  /** How many more messages it takes before it says that it is full. */
  #room = Infinity;
  readonly #heard: string[] = [];

  constructor(name: string, script: Script) {
    this.name = name;
    this.script = script;
  }

  /** Where what this peer says goes. */
  protected abstract get ear(): Ear;

  // --- what the test lets it say ----------------------------------------------------------------------------------

  sends(utterance: Utterance): void {
    const text = typeof utterance === 'string' ? utterance : JSON.stringify(utterance);
    this.sendsBytes(encodeText(text));
  }

  sendsBytes(bytes: Uint8Array): void {
    this.script.add(`${this.name} sends ${decodeText(bytes)}`);
    this.ear.receive(bytes);
  }

  /** Its transport could not hand over what it sent. */
  sendsUnreadable(fault: ReadFault, bytes: number): void {
    this.script.add(`${this.name} sends ${bytes} bytes that are ${fault.fault}`);
    this.ear.unreadable(fault, bytes);
  }

  asks(id: RequestId, method: string, params?: object): void {
    this.sends(request(id, method, params));
  }

  notifies(method: string, params?: object): void {
    this.sends(notification(method, params));
  }

  answers(id: RequestId, value: unknown = {}): void {
    this.sends(result(id, value));
  }

  answersWithError(id: RequestId, code: number, message: string): void {
    this.sends(failure(id, code, message));
  }

  /** Takes one more message, and no further ones until it reads again. */
  stopsReading(): void {
    this.script.add(`${this.name} stops reading`);
    this.#room = 1;
  }

  /** Takes messages again: all there are, or this many. */
  readsAgain(messages = Infinity): void {
    this.script.add(`${this.name} reads again`);
    this.#room = messages;
    this.ear.drained();
  }

  // --- what the test expects it to hear -------------------------------------------------------------------------------

  /** The next message it has not accounted for yet is this one: a text to the letter, an object as JSON compares. */
  receives(expected: Utterance): void {
    this.script.checkViolations();
    const text = this.#heard[0];
    if (text === undefined) this.script.fail(`${this.name} received nothing more`, expected);
    const actual: unknown = typeof expected === 'string' ? text : JSON.parse(text);
    if (!matches(actual, expected)) this.script.fail(`${this.name} received something else`, expected, actual);
    this.#heard.shift();
    this.script.add(`${this.name} receives ${text}`);
  }

  receivesRequest(id: RequestId, method: string, params?: object): void {
    this.receives(request(id, method, params));
  }

  receivesNotification(method: string, params?: object): void {
    this.receives(notification(method, params));
  }

  receivesResult(id: RequestId, value: unknown = {}): void {
    this.receives(result(id, value));
  }

  /** An error in the runtime's own name: its code, and all of `error.data`. Its text is for people. */
  receivesError(id: RequestId | null, code: number, data: object): void {
    const anyText = { asymmetricMatch: (value: unknown) => typeof value === 'string' && value.length > 0 };
    this.receives({ jsonrpc: '2.0', id, error: { code, message: anyText, data } });
  }

  /** Everything it heard is accounted for. */
  receivesNothing(): void {
    this.script.checkViolations();
    if (this.#heard.length > 0) {
      this.script.fail(`${this.name} received what nobody expected`, [], this.#heard.map(parsed));
    }
  }

  /** Takes whatever it heard and has not accounted for: for tests in which it does not matter, or is counted. */
  takesAll(): readonly Message[] {
    return this.#heard.splice(0).map((text) => JSON.parse(text) as Message);
  }

  // --- its link, as the runtime sees it -------------------------------------------------------------------------------

  write(message: readonly Uint8Array[]): boolean {
    const text = message.map((part) => decodeText(part)).join('');
    if (this.closedBecause !== undefined) {
      this.script.violations.push(`${this.name} was written to after its link was closed: ${text}`);
    }
    if (parsed(text) === undefined) this.script.violations.push(`${this.name} received no JSON: ${text}`);
    this.#heard.push(text);
    this.#room--;
    return this.#room > 0;
  }

  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
  }

  close(reason: string): void {
    this.script.add(`the link to ${this.name} is closed: ${reason}`);
    this.closedBecause = reason;
  }
}

export class ScriptedClient extends ScriptedPeer {
  session: ClientPeer | undefined = undefined;

  protected get ear(): Ear {
    return this.session ?? this.script.fail(`${this.name} has no session`);
  }

  /** Sends nothing more, and still reads. */
  endsInput(): void {
    this.script.add(`${this.name} ends its input`);
    this.session?.closed(false);
  }

  leaves(): void {
    this.script.add(`${this.name} leaves`);
    this.session?.closed(true);
  }

  opensStream(): void {
    this.script.add(`${this.name} opens a stream`);
    this.session?.attached(true);
  }

  closesStream(): void {
    this.script.add(`${this.name} closes its stream`);
    this.session?.attached(false);
  }
}

/** A server at the other end of one link; once it is gone it stays gone. */
export class ScriptedServer extends ScriptedPeer {
  session: ServerPeer | undefined = undefined;

  protected get ear(): Ear {
    return this.session ?? this.script.fail(`${this.name} has no session`);
  }

  isLost(): void {
    this.script.add(`${this.name} is lost`);
    this.session?.closed();
  }
}

const gone: Departure = { reason: 'exited', exitCode: 0, signal: null, lastStderr: [] };

/** A server that is started through a connector, as often as the runtime asks for it. */
export class RestartableServer extends ScriptedPeer implements UpstreamConnector {
  /** How often the runtime asked for it to be started. */
  starts = 0;
  /** The runtime ended its input. */
  isInputClosed = false;
  /** What `onServerStopped` was told. */
  stoppedWith: Departure | 'not stopped' | undefined = 'not stopped';
  #events: UpstreamEvents | undefined;

  protected get ear(): Ear {
    const events = this.#events;
    if (events === undefined) this.script.fail(`${this.name} is not running`);
    return {
      receive: (bytes) => events.message(bytes),
      unreadable: (fault, bytes) => events.unreadable(fault, bytes),
      drained: () => events.drained(),
    };
  }

  get isRunning(): boolean {
    return this.#events !== undefined;
  }

  connect(events: UpstreamEvents): UpstreamLink {
    this.script.add(`${this.name} is started`);
    this.starts++;
    this.closedBecause = undefined;
    this.isInputClosed = false;
    this.isPaused = false;
    this.#events = events;
    return {
      write: (message) => this.write(message),
      pause: (isPaused) => this.pause(isPaused),
      close: (reason) => this.close(reason),
      closeInput: () => {
        this.isInputClosed = true;
      },
      kill: () => this.goesDown({ exitCode: null, signal: 'SIGKILL' }),
    };
  }

  /** What was asked to start runs now and takes messages. */
  comesUp(): void {
    if (this.#events === undefined) this.script.fail(`${this.name} was not asked to start`);
    this.script.add(`${this.name} comes up`);
    this.#events.ready();
  }

  /** It exits or is cut off: with code 0 unless told otherwise. */
  goesDown(departure: Partial<Departure> = {}): void {
    const events = this.#events;
    if (events === undefined) this.script.fail(`${this.name} is not running`);
    this.script.add(`${this.name} goes down`);
    this.#events = undefined;
    events.lost({ ...gone, ...departure });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
