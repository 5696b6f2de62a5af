/**
 * Opens the admin listener beside a front, leaves word of it where `ninelives sessions` looks, and says where it is. Whatever is in
 * its way is said, and stops no proxy.
 */

import type {
  Administered,
  AdministeredCluster,
  AdministeredEngine,
  AdministeredRules,
  MetricsText,
} from '../admin/administered.ts';
import { openFeed } from '../inspector/feed.ts';
import { ForeignWires, foreignWires } from '../inspector/wires/foreign-wires.ts';
import { ringSource } from '../inspector/wires/ring-source.ts';
import type { ProcessFacts } from '../observe/process-facts.ts';
import type { TraceRing } from '../observe/trace-ring.ts';
import type { UpgradePath } from '../admin/upgrades.ts';
import { type AdminListener, openAdminListener } from '../admin/listener.ts';
import { Hub } from '../admin/hub.ts';
import { HubSeat } from '../admin/hub-seat.ts';
import type { HubProcess } from '../admin/hub-processes.ts';
import { hubToken } from '../admin/hub-token.ts';
import { PageFiles } from '../admin/page-files.ts';
import { type RunFile, writeRunFile } from '../admin/run-files.ts';
import { runFolder } from '../admin/run-folder.ts';
import type { PrometheusPage } from '../admin/prometheus.ts';
import { newToken } from '../admin/token.ts';
import { type Measured, measuredRuntime } from '../observe/metrics.ts';
import type { Clock, Log } from '../ports.ts';
import { Redaction } from '../redaction.ts';
import type { RulesInForce } from '../rules/rules-in-force.ts';
import type { RuntimeAudit } from '../runtime/audit.ts';
import type { Runtime } from '../runtime/api.ts';
import { sessionOfAnybody } from '../runtime/runtime.ts';
import type { InspectRequest } from './inspect-flag.ts';
import { packageVersion } from './version.ts';

export interface InspectOptions {
  readonly at: InspectRequest;
  readonly command: string;
  readonly server: string;
  readonly url?: string;
  /** What the sessions do; without it they can be managed, and not be watched. */
  readonly ring?: TraceRing | undefined;
  readonly managed: Pick<Administered, 'sessions' | 'session' | 'totals'> & {
    readonly measured?: Measured;
    audits(): readonly RuntimeAudit[];
  };
  readonly engine?: AdministeredEngine | undefined;
  readonly rules?: AdministeredRules;
  readonly cluster?: AdministeredCluster | undefined;
  /** Whether things may be made to go wrong on purpose; not where it is absent. */
  readonly takesFaults?: boolean;
  readonly drain: () => void;
  readonly clock: Clock;
  readonly log: Log;
  /** Where word is left; where `ninelives sessions` looks, if it is not said. */
  readonly folder?: string;
  /** One line for people, with its end. */
  readonly say: (line: string) => void;
}

/** Resolves when it listens, or cannot. The file is removed when the process ends, however it does. */
export async function openInspect(options: InspectOptions): Promise<void> {
  const { at, clock, log, say, folder = runFolder() } = options;
  const token = newToken();
  const facts = factsOf(options);
  const kept = hubToken(folder);
  let own: HubProcess | null = null;
  const hub = new Hub({ token: 'token' in kept ? kept.token : newToken(), folder, own: () => own ?? undefined, clock });
  const administered: Administered = {
    facts,
    sessions: () => options.managed.sessions(),
    session: (id) => options.managed.session(id),
    totals: () => options.managed.totals(),
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.rules === undefined ? {} : { rules: options.rules }),
    leaks: async () => {
      const { leaksOf } = await import('./process-look.ts');
      return leaksOf({
        clock,
        audits: () => options.managed.audits(),
        session: (id) => options.managed.session(id),
        ...(options.engine === undefined ? {} : { engine: options.engine }),
      });
    },
    takesFaults: options.takesFaults === true,
    ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
    ...(options.managed.measured === undefined
      ? {}
      : { metrics: metricsOf(options.managed.measured, options.cluster) }),
    drain: options.drain,
  };
  const upgrades = upgradesOf(options, facts);
  const { host, port, areMetricsOpen = false } = at;
  const common = { host, token, administered, upgrades, hub, page: new PageFiles(), areMetricsOpen, clock, log };
  const open = async (there: number): Promise<AdminListener> => openAdminListener({ ...common, port: there });
  const seat =
    port === 0
      ? undefined
      : new HubSeat({ host, port, folder, pid: facts.pid, command: facts.command, open, clock, log });
  let taken: AdminListener | undefined;
  let listener: AdminListener;
  try {
    taken = await seat?.take();
    listener = taken ?? (await open(0));
  } catch (error) {
    log.warn({ error }, 'this process cannot be inspected: there is no address for it');
    return;
  }
  const { origin } = listener;
  const file: RunFile = { pid: facts.pid, origin, token, startedAt: facts.startedAt };
  own = { file, facts };
  const written = writeRunFile(file, folder);
  if ('problem' in written) log.warn({ problem: written.problem }, "'ninelives sessions' will not find this process");
  else process.on('exit', () => written.remove());
  const sayWhere = (place: string): void => say(`ninelives inspector on ${place}/inspect/#token=${hub.token}\n`);
  if (seat === undefined || taken !== undefined) {
    sayWhere(origin);
    return;
  }
  // Whoever has the address has the page of this process, too. Without a folder they do not know each other.
  seat.wait(() => log.info({ origin: seat.origin }, 'the page of all processes is served here from now on'));
  const holder = 'token' in kept ? await seat.holder() : undefined;
  const by = holder === undefined ? 'a stranger' : `${holder.command}, process ${holder.pid}`;
  log.info({ host, port, by }, 'the address for --inspect is taken');
  sayWhere(holder?.origin ?? origin);
}

/** What else is spoken with the listener than requests and answers. */
function upgradesOf({ at, ring, managed, clock, log }: InspectOptions, facts: ProcessFacts): readonly UpgradePath[] {
  if (ring === undefined) return [];
  const totals = (): ReturnType<typeof managed.totals> => managed.totals();
  const redaction = new Redaction(at.hidden);
  const feed = openFeed({ ring, facts, totals, payloads: at.payloads ?? 'redacted', redaction, clock, log });
  const wires = new ForeignWires({
    source: ringSource({ ring, facts, sessions: () => managed.sessions(), session: (id) => managed.session(id) }),
    clock,
  });
  const speakWire: UpgradePath['accept'] = (request, socket, head) => wires.accept(request, socket, head);
  return [
    { path: '/feed', accept: (request, socket, head) => feed.accept(request, socket, head) },
    // Their viewers can put the token nowhere else.
    ...Object.keys(foreignWires).map((path) => ({ path, takesTokenInQuery: true, accept: speakWire })),
  ];
}

function factsOf({ command, server, url, cluster, clock }: InspectOptions): ProcessFacts {
  return {
    pid: process.pid,
    version: packageVersion(),
    command,
    server,
    ...(url === undefined ? {} : { url }),
    ...(cluster === undefined ? {} : { node: cluster.facts().node }),
    startedAt: Math.round(clock.wallTime()),
  };
}

/** Whoever has the token manages every session, whosever it is. */
export function managedRuntime(runtime: Runtime): InspectOptions['managed'] {
  return {
    sessions: () => runtime.sessions(),
    session: (id) => sessionOfAnybody(runtime, id),
    totals: () => runtime.totals(),
    measured: measuredRuntime(runtime),
    audits: () => [runtime.audit()],
  };
}

/** What measures is loaded, and begins, when somebody asks for the first time. */
function metricsOf(measured: Measured, cluster: AdministeredCluster | undefined): () => Promise<MetricsText> {
  let page: Promise<PrometheusPage> | undefined;
  return async () => {
    page ??= import('../admin/prometheus.ts').then(
      ({ PrometheusPage: Page }) => new Page(measured, cluster && (() => cluster.facts())),
    );
    return (await page).read();
  };
}

/** The rules of a process as those who manage it see them; nothing where there are none. */
export function managedRules(
  inForce: RulesInForce | null | undefined,
  loaded: { readonly file: string } | undefined,
): Pick<InspectOptions, 'rules'> {
  if (inForce == null || loaded === undefined) return {};
  return { rules: { file: loaded.file, engine: inForce.engine, reload: async () => inForce.reload() } };
}
