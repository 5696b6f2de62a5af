/**
 * All that the page shows, as signals: the processes with their sessions, and the session that is watched. Puts together the list of
 * processes and their feeds; decides nothing about how it looks.
 */

import { batch, computed, signal } from '@preact/signals';
import type { ProcessFacts } from '../../../observe/process-facts.ts';
import type { Body, EventsRead, FeedMessage, Moment, SessionRow, TapeFacts } from '../../feed-messages.ts';
import { type AdminAnswer, type AdminCall, askAdmin } from '../connection/admin.ts';
import { Directory, type DirectoryState } from '../connection/directory.ts';
import type { SocketLike } from '../connection/live-socket.ts';
import { ProcessFeed } from '../connection/process-feed.ts';
import { type Reach, pathOf } from '../connection/reach.ts';
import type { FeedState, WatchedSession } from '../watched-session.ts';
import { Batch } from './batch.ts';
import { type ProcessView, foldProcess, newProcessView } from './process-view.ts';
import { foldWatched, newWatched } from './watched.ts';

interface Heard {
  readonly pid: number;
  readonly message: FeedMessage;
}

export interface PageStoreOptions {
  /** Of the server that the page came from. */
  readonly origin: string;
  /** Begins to open a WebSocket to that path of a server. */
  readonly openSocket: (reach: Reach, path: string) => SocketLike;
  /** Does something once, at a time when what has come in meanwhile is to be shown. */
  readonly later: (act: () => void) => void;
}

export class PageStore {
  readonly directory = signal<DirectoryState>('connecting');
  /** By pid, in the order in which they started. */
  readonly processes = signal<ReadonlyMap<number, ProcessView>>(new Map());
  readonly watched = signal<WatchedSession | undefined>(undefined);
  /** False until the first list is there. */
  readonly hasList = signal(false);
  /** Messages of all feeds that this page was too slow for. */
  readonly dropped = computed(() => sum(this.processes.value, ({ totals }) => totals?.dropped ?? 0));
  readonly eventsPerSecond = computed(() => sum(this.processes.value, ({ totals }) => totals?.eventsPerSecond ?? 0));
  /** What is looked at, where that is a tape and nothing else. */
  readonly tape = computed(() => onlyTape(this.processes.value));
  /** Frames of all sessions that are held. */
  readonly held = computed(() => sum(this.processes.value, ({ rows }) => heldIn(rows.values())));

  readonly #options: PageStoreOptions;
  readonly #feeds = new Map<number, ProcessFeed>();
  readonly #heard: Batch<Heard>;
  #directory: Directory | undefined;
  #reach: Reach | undefined;
  #wanted: { readonly pid: number; readonly sessionId: string } | undefined;

  constructor(options: PageStoreOptions) {
    this.#options = options;
    this.#heard = new Batch((items) => this.#take(items), options.later);
  }

  /** Connects with this token, in the place of any other. */
  connect(token: string | undefined): void {
    this.#directory?.close();
    if (token === undefined) {
      this.directory.value = 'unauthorised';
      return;
    }
    this.directory.value = 'connecting';
    this.#directory = new Directory({
      origin: this.#options.origin,
      token,
      openSocket: this.#options.openSocket,
      onList: (processes, reach) => this.#list(processes, reach),
      onState: (state) => {
        this.directory.value = state;
      },
    });
  }

  /** Ends all connections. */
  close(): void {
    this.#directory?.close();
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
  }

  /** Watches a session, and no other one any more; `undefined` watches none. */
  watch(wanted: { readonly pid: number; readonly sessionId: string } | undefined): void {
    const { pid, sessionId } = this.#wanted ?? {};
    if (pid === wanted?.pid && sessionId === wanted?.sessionId) return;
    if (pid !== undefined) this.#feeds.get(pid)?.unwatch();
    this.#wanted = wanted;
    this.watched.value = undefined;
    this.#watchWanted();
  }

  /** Asks the admin API of a process. @param call its path begins with `/`, as that process has it. */
  async ask(pid: number, call: AdminCall): Promise<AdminAnswer> {
    const reach = this.#reach;
    if (reach === undefined) return { kind: 'unreachable', message: 'There is no connection' };
    return askAdmin(reach.origin, reach.token, { ...call, path: pathOf(reach, pid, call.path) });
  }

  /** A piece of the body of an event's frame. Rejects with a sentence when it cannot be had. */
  async readBody(pid: number, seq: number, from?: number): Promise<Body> {
    return this.#feedOf(pid).readBody(seq, from);
  }

  /** Of a tape: events of a session. Rejects with a sentence when they cannot be had. */
  async readEvents(pid: number, sessionId: string, from: number, max: number): Promise<EventsRead> {
    return this.#feedOf(pid).readEvents(sessionId, from, max);
  }

  /** Of a tape: a session as it was after an event. Rejects with a sentence when that cannot be had. */
  async readMoment(pid: number, sessionId: string, seq: number): Promise<Moment> {
    return this.#feedOf(pid).readMoment(sessionId, seq);
  }

  #feedOf(pid: number): ProcessFeed {
    const feed = this.#feeds.get(pid);
    if (feed === undefined) throw new Error('The process is gone');
    return feed;
  }

  #list(processes: readonly ProcessFacts[], reach: Reach): void {
    this.#reach = reach;
    const known = this.processes.value;
    const next = new Map<number, ProcessView>();
    for (const facts of processes) {
      const old = known.get(facts.pid);
      if (old !== undefined && old.facts.startedAt === facts.startedAt) next.set(facts.pid, old);
      else {
        this.#drop(facts.pid);
        next.set(facts.pid, newProcessView(facts));
      }
    }
    for (const pid of known.keys()) if (!next.has(pid)) this.#drop(pid);
    batch(() => {
      this.hasList.value = true;
      const isSame = next.size === known.size && [...next].every(([pid, view]) => known.get(pid) === view);
      if (!isSame) this.processes.value = next;
    });
    for (const pid of next.keys()) if (!this.#feeds.has(pid)) this.#feeds.set(pid, this.#openFeed(pid));
    this.#watchWanted();
  }

  #openFeed(pid: number): ProcessFeed {
    return new ProcessFeed({
      connect: () => this.#options.openSocket(this.#reach!, pathOf(this.#reach!, pid, '/feed')),
      onMessage: (message) => this.#heard.add({ pid, message }),
      onState: (state) => {
        this.#change(pid, (view) => ({ ...view, link: state }));
        this.#linkWatched(pid, state);
        // It may be over, and the hub knows.
        if (state === 'lost') this.#directory?.lookNow();
      },
    });
  }

  #drop(pid: number): void {
    this.#feeds.get(pid)?.close();
    this.#feeds.delete(pid);
    this.#linkWatched(pid, 'gone');
  }

  #linkWatched(pid: number, link: FeedState): void {
    const watched = this.watched.value;
    if (watched?.process.pid !== pid || watched.link === 'gone') return;
    this.watched.value = { ...watched, link, isOver: watched.isOver || link === 'gone' };
  }

  #watchWanted(): void {
    if (this.#wanted === undefined) return;
    const { pid, sessionId } = this.#wanted;
    const view = this.processes.value.get(pid);
    if (view === undefined || this.watched.value?.link === 'gone') return;
    if (this.watched.value === undefined) {
      this.watched.value = { ...newWatched(view.facts, sessionId, view.epochOffset), link: view.link };
    }
    this.#feeds.get(pid)?.watch(sessionId);
  }

  /** What was heard since the last picture. */
  #take(items: readonly Heard[]): void {
    batch(() => {
      const known = this.processes.value;
      const processes = new Map(known);
      let watched = this.watched.value;
      for (const { pid, message } of items) {
        const view = processes.get(pid);
        if (view === undefined) continue;
        processes.set(pid, foldProcess(view, message));
        if (watched?.process.pid === pid) watched = foldWatched(watched, message);
      }
      if ([...processes].some(([pid, view]) => known.get(pid) !== view)) this.processes.value = processes;
      this.watched.value = watched;
    });
  }

  #change(pid: number, changed: (view: ProcessView) => ProcessView): void {
    const view = this.processes.value.get(pid);
    if (view !== undefined) this.processes.value = new Map(this.processes.value).set(pid, changed(view));
  }
}

function sum(views: ReadonlyMap<number, ProcessView>, of: (view: ProcessView) => number): number {
  let total = 0;
  for (const view of views.values()) total += of(view);
  return total;
}

function onlyTape(views: ReadonlyMap<number, ProcessView>): TapeFacts | undefined {
  const [only, ...others] = views.values();
  return others.length === 0 ? only?.hello?.tape : undefined;
}

function heldIn(rows: Iterable<SessionRow>): number {
  let total = 0;
  for (const { held } of rows) total += held;
  return total;
}
