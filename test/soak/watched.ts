/**
 * The watched lane: a front over HTTP or WebSocket for the whole run that records every session and is inspected. Clients come and go,
 * with a word and without; viewers come and go, and some read nothing; servers end, and stand still for a moment.
 */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { readTape } from '../../src/record/read-tape.ts';
import { checkTape } from '../../src/record/tape-check.ts';
import { type Program, start } from '../e2e/program.ts';
import { type Client, call, textIn, told } from '../faults/client.ts';
import { beginHttp } from '../faults/http-client.ts';
import { beginWebSocket } from '../faults/websocket-client.ts';
import { forwarding, scriptedServer, withVitals } from './commands.ts';
import { Gate } from './gate.ts';
import type { Chance } from './random.ts';
import type { Run } from './run.ts';
import { commandOf, markName, survivors } from './survivors.ts';
import { type Vitals, childrenOf, vitalsOf } from './vitals.ts';
import { within } from './within.ts';

type Front = 'http' | 'ws';

const clients = 4;
const viewers = 2;
const callsMax = 40;
const samplesMax = 100;
const sampleEveryMsMin = 2000;
const patienceMs = 60_000;
/** A client that is gone without a word is a session until this is over. */
const sessionIdleMs = 5000;
/** On a machine that is busy with other work, a client may be kept from calling for so long that it is one of them. */
const surelyAliveMs = sessionIdleMs / 2;
/** Tapes of sessions that ended so long ago are looked through and removed. */
const tapeAgeMs = 10_000;

const flags = (front: Front, folder: string): readonly string[] => [
  ...['--listen', '127.0.0.1:0', '--inspect', '127.0.0.1:0', '--log-level', 'info', '--record', join(folder, 'tapes')],
  ...(front === 'http' ? ['--session-idle-ms', String(sessionIdleMs), '--replay-events-max', '16'] : []),
];

export async function watchedLane(run: Run, front: Front): Promise<readonly Vitals[]> {
  const lane = new WatchedLane(run, front);
  try {
    return await lane.live();
  } catch (error) {
    run.violationIn(`watched ${front}`)('the lane runs', String(error));
    return [];
  } finally {
    await lane.end();
  }
}

class WatchedLane {
  readonly #run: Run;
  readonly #front: Front;
  readonly #name: string;
  readonly #mark: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'soak-watched-'));
  readonly #proxy: Program;
  readonly #gate = new Gate();
  readonly #violation: ReturnType<Run['violationIn']>;

  constructor(run: Run, front: Front) {
    this.#run = run;
    this.#front = front;
    this.#name = `watched ${front}`;
    this.#mark = run.mark(this.#name);
    this.#violation = run.violationIn(this.#name);
    // A folder that is there gets a tape for each session; anything else would be one tape for all.
    mkdirSync(join(this.#folder, 'tapes'));
    this.#proxy = start(forwarding(scriptedServer, flags(front, this.#folder), withVitals, front), {
      [markName]: this.#mark,
      XDG_RUNTIME_DIR: this.#folder,
    });
  }

  async live(): Promise<readonly Vitals[]> {
    const url = await this.#said(/^ninelives listening on (\S+),/);
    const feed = new URL(await this.#said(/^ninelives inspector on (\S+)$/));
    const run = this.#run;
    const samples: Vitals[] = [];
    const work = [
      ...Array.from({ length: clients }, async (_, number) =>
        this.#repeat(`client ${number}`, (chance) => this.#visit(url, chance)),
      ),
      ...Array.from({ length: viewers }, async (_, number) =>
        this.#repeat(`viewer ${number}`, (chance) => this.#view(feed, chance)),
      ),
      this.#stallServers(),
    ];
    const sampleEveryMs = Math.max(sampleEveryMsMin, run.leftMs / samplesMax);
    while (!run.isOver) {
      await sleep(Math.min(sampleEveryMs, run.leftMs));
      if ((await within(this.#gate.close(), patienceMs)) === 'too late') {
        this.#violation('every request is answered', `a client or a viewer waits for more than ${patienceMs} ms`);
        return samples;
      }
      const vitals = await this.#sample();
      if (vitals !== undefined) samples.push(vitals);
      await this.#checkTapes();
      this.#gate.open();
    }
    if ((await within(Promise.all(work), patienceMs)) === 'too late')
      this.#violation('the lane ends on time', 'it waits');
    return samples;
  }

  async end(): Promise<void> {
    this.#proxy.signal('SIGTERM');
    const exit = await within(this.#proxy.exit, patienceMs);
    if (exit === 'too late') this.#violation('the proxy ends', `it runs after ${patienceMs} ms`);
    else if (exit.code !== 0) this.#violation('the proxy ends well', `it ended with ${exit.code ?? exit.signal}`);
    for (const pid of await survivors(this.#mark, 20_000)) this.#violation('nothing is left behind', commandOf(pid));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #said(pattern: RegExp): Promise<string> {
    return this.#proxy.until(() => this.#proxy.err.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0], 'where it is');
  }

  async #repeat(part: string, visit: (chance: Chance) => Promise<void>): Promise<void> {
    const chance = this.#run.chance(`${this.#name} ${part}`);
    while (!this.#run.isOver) {
      try {
        await this.#gate.through(async () => visit(chance));
      } catch (error) {
        this.#violation('nobody is turned away', `${part}: ${String(error)}`);
        return;
      }
      await sleep(chance.between(0, 200));
    }
  }

  async #visit(url: string, chance: Chance): Promise<void> {
    const client = this.#front === 'http' ? await beginHttp(url) : await beginWebSocket(url);
    const count = chance.between(1, callsMax);
    let spokeAt: number | undefined = performance.now();
    for (let number = 0; number < count; number += 1) {
      spokeAt = await this.#call(client, chance, number, spokeAt);
      if (spokeAt === undefined) return;
    }
    if (chance.happens(0.2)) {
      const lost = told(await call(client, 'die', { code: 3 }));
      if (isForgotten(lost, spokeAt)) return;
      if (!lost.endsWith('5020 UPSTREAM_LOST')) this.#violation('a lost server is told of', lost);
      await this.#call(client, chance, count, spokeAt);
    }
    if (chance.happens(0.5)) await client.leave();
    else client.vanish();
    this.#run.count(this.#name, 'clients');
  }

  /**
   * @param spokeAt when its client began the call before.
   * @returns when it began this one; nothing when the session was taken for one that nobody uses, and there is no more to say in it.
   */
  async #call(client: Client, chance: Chance, number: number, spokeAt: number): Promise<number | undefined> {
    const text = `${number} ${'w'.repeat(chance.happens(0.05) ? 100_000 : chance.between(0, 500))}`;
    const [tool, args] = chance.happens(0.3) ? ['delay', { ms: chance.between(0, 30), text }] : ['echo', { text }];
    const askedAt = performance.now();
    const answer = await call(client, tool, args);
    if (isForgotten(told(answer), spokeAt)) return undefined;
    if (textIn(answer) !== text) this.#violation('every answer is the right one', told(answer));
    this.#run.count(this.#name, 'calls');
    return askedAt;
  }

  /** Looks at all sessions, and into one of them; one in three reads nothing from then on. */
  async #view({ host, hash }: URL, chance: Chance): Promise<void> {
    const token = hash.replace('#token=', '');
    const socket = new WebSocket(`ws://${host}/feed`, ['ninelives.feed.v1', `ninelives.token.${token}`]);
    const heard = await new Promise<boolean>((resolve) => {
      socket.on('error', () => resolve(false));
      socket.on('open', () => socket.send(JSON.stringify({ type: 'watch-overview' })));
      socket.on('message', (data) => {
        const message = JSON.parse((data as Buffer).toString()) as {
          type: string;
          sessions?: readonly { id: string }[];
        };
        const [session] = message.sessions ?? [];
        if (message.type !== 'overview') return;
        if (session !== undefined) socket.send(JSON.stringify({ type: 'watch-session', sessionId: session.id }));
        resolve(true);
      });
    });
    if (!heard) this.#violation('who looks is shown something', 'the feed could not be read');
    socket.removeAllListeners('message');
    if (chance.happens(0.3)) socket.pause();
    await sleep(chance.between(100, 1500));
    socket.terminate();
    this.#run.count(this.#name, 'viewers');
  }

  /** One server after the other stands still for a moment. */
  async #stallServers(): Promise<void> {
    const chance = this.#run.chance(`${this.#name} stalls`);
    while (!this.#run.isOver) {
      await sleep(chance.between(500, 2000));
      const pid = this.#proxy.log().findLast(({ message }) => message === 'server started')?.['pid'];
      if (typeof pid !== 'number' || !signalled(pid, 'SIGSTOP')) continue;
      await sleep(chance.between(50, 600));
      signalled(pid, 'SIGCONT');
      this.#run.count(this.#name, 'stalls');
    }
  }

  /** When nobody is there any more and what was left of the last sessions had time to go. */
  async #sample(): Promise<Vitals | undefined> {
    const until = performance.now() + patienceMs;
    while (childrenOf(this.#proxy.pid) > 0 && performance.now() < until) await sleep(100);
    const said = () => this.#proxy.log().filter(({ message }) => message === 'vitals');
    const before = said().length;
    this.#proxy.signal('SIGUSR2');
    const line = await within(
      this.#proxy.until(() => said()[before], 'how it is'),
      patienceMs,
    );
    if (line !== 'too late') {
      const vitals = vitalsOf(this.#proxy.pid, line, this.#run.elapsedMs / 1000);
      if (vitals.children > 0) this.#violation('nothing is left of sessions', `${vitals.children} servers`);
      return vitals;
    }
    this.#violation('the proxy stays awake', `it says nothing for ${patienceMs} ms`);
    return undefined;
  }

  async #checkTapes(): Promise<void> {
    const folder = join(this.#folder, 'tapes');
    const old = readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((file) => Date.now() - statSync(file).mtimeMs > tapeAgeMs);
    for (const [index, file] of old.entries()) {
      // One tape of each look is enough for what is the same for all.
      if (index === 0) {
        const { findings } = await checkTape(readTape(file));
        for (const { law, line, text } of findings) this.#violation('a tape is whole', `${law}, line ${line}: ${text}`);
        this.#run.count(this.#name, 'tapes');
      }
      rmSync(file);
    }
  }
}

const isForgotten = (said: string, spokeAt: number): boolean =>
  said.endsWith('4040 SESSION_NOT_FOUND') && performance.now() - spokeAt > surelyAliveMs;

function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
