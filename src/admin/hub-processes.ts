/**
 * Which processes of this user can be looked at, kept true while somebody wants to know: the run files say who should be there, and each
 * is asked once what it is. One that does not answer is not listed, and keeps nobody from the others.
 */

import { type FSWatcher, watch } from 'node:fs';

import type { ProcessFacts } from '../observe/process-facts.ts';
import type { Clock, TimerHandle } from '../ports.ts';
import { isLoopbackName } from '../transports/door.ts';
import { askAdmin } from './client.ts';
import { type RunFile, readRunFiles } from './run-files.ts';

export interface HubProcess {
  readonly file: RunFile;
  readonly facts: ProcessFacts;
}

export interface HubProcessesOptions {
  /** Of the run files; without it there is the process that this is in, and no other. */
  readonly folder?: string;
  /** The process that this is in, which is there also where no file can be written; undefined where there is none. */
  readonly own: () => HubProcess | undefined;
  readonly clock: Clock;
}

/** The newest of them. */
const processesMax = 256;
/** The system says when a file is written. That a process was killed it does not. */
const lookMs = 1_000;
/** A file is written in several steps. */
const settleMs = 30;
/** For a process to say what it is. */
const answerMs = 2_000;

export class HubProcesses {
  readonly #folder: string | undefined;
  readonly #own: () => HubProcess | undefined;
  readonly #clock: Clock;
  #known: ReadonlyMap<number, HubProcess> = new Map();
  readonly #asked = new Map<string, Promise<void>>();
  readonly #listeners = new Set<(processes: readonly HubProcess[]) => void>();
  #watcher: FSWatcher | undefined;
  #nextLook: TimerHandle;

  constructor({ folder, own, clock }: HubProcessesOptions) {
    this.#folder = folder;
    this.#own = own;
    this.#clock = clock;
  }

  /** Those that are there now, in the order in which they started. */
  async list(): Promise<readonly HubProcess[]> {
    this.#look();
    await Promise.all(this.#asked.values());
    return this.#sorted();
  }

  async find(pid: number): Promise<HubProcess | undefined> {
    const known = this.#known.get(pid) ?? (await this.list()).find(({ file }) => file.pid === pid);
    return known;
  }

  /** Tells what is known now, and again whenever it has changed. Returns how to end that. */
  follow(listener: (processes: readonly HubProcess[]) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#watch();
    listener(this.#sorted());
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#rest();
    };
  }

  /** Something was seen that may have changed the list. */
  suspect(): void {
    if (this.#listeners.size > 0) this.#lookIn(settleMs);
  }

  close(): void {
    this.#listeners.clear();
    this.#rest();
  }

  #watch(): void {
    if (this.#folder === undefined) return;
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, () => this.suspect());
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
    this.#lookIn(0);
  }

  #rest(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    if (this.#nextLook !== undefined) this.#clock.clearTimeout(this.#nextLook);
    this.#nextLook = undefined;
  }

  #lookIn(ms: number): void {
    if (this.#nextLook !== undefined) this.#clock.clearTimeout(this.#nextLook);
    this.#nextLook = this.#clock.setTimeout(() => {
      this.#lookIn(lookMs);
      this.#look();
    }, ms);
  }

  #look(): void {
    const own = this.#own();
    const files = this.#files(own?.file);
    const kept = new Map<number, HubProcess>();
    for (const file of files) {
      const known = this.#known.get(file.pid);
      if (known !== undefined && isSame(known.file, file)) kept.set(file.pid, known);
      else if (own !== undefined && isSame(own.file, file)) kept.set(file.pid, own);
      else void this.#ask(file);
    }
    const isChanged = kept.size !== this.#known.size || [...kept].some(([pid, one]) => this.#known.get(pid) !== one);
    this.#known = kept;
    if (isChanged) this.#tell();
  }

  /** A file says where a token is sent to: to this machine and nowhere else. */
  #files(own: RunFile | undefined): readonly RunFile[] {
    const found = this.#folder === undefined ? [] : readRunFiles(this.#folder);
    const files = 'problem' in found ? [] : found.filter(({ origin }) => isOnThisMachine(origin)).slice(-processesMax);
    return own === undefined || files.some((each) => isSame(each, own)) ? files : [...files, own];
  }

  async #ask(file: RunFile): Promise<void> {
    const key = `${file.pid} ${file.startedAt} ${file.origin}`;
    const asking = this.#asked.get(key) ?? this.#askOnce(file).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asking);
    return asking;
  }

  async #askOnce(file: RunFile): Promise<void> {
    const said = await askAdmin(file, 'GET', '/process', { withinMs: answerMs });
    if (said.kind !== 'answered') return;
    const facts = said.body as ProcessFacts;
    if (facts.pid !== file.pid) return;
    this.#known = new Map(this.#known).set(file.pid, { file, facts });
    this.#tell();
  }

  #tell(): void {
    const processes = this.#sorted();
    for (const listener of this.#listeners) listener(processes);
  }

  #sorted(): readonly HubProcess[] {
    return [...this.#known.values()].toSorted((one, other) => one.file.startedAt - other.file.startedAt);
  }
}

function isSame(one: RunFile, other: RunFile): boolean {
  return one.startedAt === other.startedAt && one.origin === other.origin && one.token === other.token;
}

function isOnThisMachine(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return protocol === 'http:' && isLoopbackName(hostname);
}
