/**
 * Runs `ninelives gateway`: reads the file, listens until it is told to stop, reads the file again when it changes or SIGHUP comes, lets
 * what is under way finish, and ends with the exit code that says how it went.
 */

import { readFileSync } from 'node:fs';

import type { GatewayConfig } from '../config/gateway-config.ts';
import { loadGateway, mistakeLine } from '../config/gateway-file.ts';
import { FileWatch, fileState } from '../file-watch.ts';
import type { Clock, Log } from '../ports.ts';
import { type Gateway, ReloadRefused, frameBytesOf, openGateway } from '../proxy/gateway.ts';
import { ListenError } from '../proxy/listening.ts';
import type { RulesInForce } from '../rules/rules-in-force.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { openStandardError } from '../transports/stdio.ts';
import { joinWhereAsked } from './cluster-asked.ts';
import { codeOfSignal, exitCodes } from './exit-codes.ts';
import type { GatewayRequest } from './gateway.ts';
import { inspectWhereAsked } from './inspect-asked.ts';
import { lookersFor } from './lookers.ts';
import { openLog } from './log.ts';
import { People } from './people.ts';
import { ruleEngine } from './rules-flag.ts';
import { serverLine } from './terminal.ts';
import { openTraces } from './traces-asked-for.ts';

export async function runGateway({ file, logLevel, inspect, record }: GatewayRequest): Promise<void> {
  const clock = systemClock();
  const people = new People(openStandardError());
  const log = openLog(logLevel, people, () => clock.wallTime());
  // Taken before it is read: what changes in between is seen later.
  const before = fileState(file);
  const loaded = loadGateway(file, process.env);
  if ('mistakes' in loaded) {
    for (const mistake of loaded.mistakes) people.write(`${mistakeLine(file, mistake)}\n`);
    process.exitCode = exitCodes.usage;
    return;
  }

  const { config } = loaded;
  const rules = await rulesOf(config, clock, log);
  if (rules !== undefined && 'problems' in rules) {
    for (const problem of rules.problems) people.write(`${problem}\n`);
    process.exitCode = exitCodes.usage;
    return;
  }

  const engine = await ruleEngine(rules, inspect !== undefined, clock, log);
  const { ring, tracer } = await lookersFor(
    { inspect, record },
    { command: 'gateway', server: `${config.upstreams.size} upstreams`, clock, log },
  );
  const traces = await openTraces(process.env, log);

  let gateway: Gateway | undefined;
  let wasAskedToStop = false;
  let stopLooking = (): void => {};
  const leave = async (code: number): Promise<never> => {
    await traces?.close();
    await people.flushed();
    process.exit(code);
  };
  const drain = (running: Gateway, signal?: NodeJS.Signals): void => {
    wasAskedToStop = true;
    stopLooking();
    log.info({ signal, sessions: [...running.sessions()].length }, 'draining');
    void running
      .drain()
      .then(async () => running.close())
      .then(async () => leave(exitCodes.ok));
  };
  const stop = (signal: NodeJS.Signals): void => {
    if (wasAskedToStop || gateway === undefined) {
      gateway?.kill();
      process.exit(wasAskedToStop ? codeOfSignal(signal) : exitCodes.ok);
    }
    drain(gateway, signal);
  };
  process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGBREAK', stop);
  process.on('exit', () => gateway?.kill());

  const cluster = await joinWhereAsked(config.cluster, {
    clock,
    log,
    frameBytesMax: frameBytesOf(config.routes),
    pendingTotal: config.totals.pendingTotal,
    isStopping: () => wasAskedToStop,
    onFenced: () => {
      wasAskedToStop = true;
      void Promise.resolve(gateway?.close()).then(async () => leave(exitCodes.sessionFailed));
    },
  });
  if (cluster === 'refused') return leave(exitCodes.cannotJoin);
  try {
    gateway = await openGateway({
      ...(cluster === undefined ? {} : { cluster }),
      config,
      clock,
      log,
      ...(engine === undefined ? {} : { rules: engine }),
      ...(tracer === undefined ? {} : { tracer }),
      ...(traces === undefined ? {} : { tracing: traces.tracing }),
      onStderr: (upstream, line) => people.write(serverLine(line, people, upstream)),
    });
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    log.error({}, error.message);
    await cluster?.close();
    return leave(exitCodes.cannotListen);
  }
  const running = gateway;
  if (logLevel !== 'silent') people.write(whereItIs(running, config));
  const reload = reloading(file, running, log);
  process.on('SIGHUP', () => {
    void reload('signal');
    void rules?.reload();
  });
  const watch = new FileWatch({ file, since: before, onChange: () => void reload('change') });
  const certificates = (config.listen.tls?.files ?? []).map(
    (each) => new FileWatch({ file: each, onChange: () => void reload('signal') }),
  );
  stopLooking = () => [watch, ...certificates].forEach((each) => each.close());
  await inspectWhereAsked(inspect, () => ({
    command: 'gateway',
    server: `${config.upstreams.size} upstreams`,
    url: running.url,
    managed: running,
    ring,
    engine,
    rules,
    ruleFile: config.rules === undefined ? undefined : { file: config.rules },
    cluster,
    takesFaults: config.takesFaults,
    drain: () => {
      if (!wasAskedToStop) drain(running);
    },
    clock,
    log,
    say: (line) => people.write(line),
  }));
  return new Promise(() => {});
}

async function rulesOf(
  { rules: file, takesFaults }: GatewayConfig,
  clock: Clock,
  log: Log,
): Promise<RulesInForce | { readonly problems: readonly string[] } | undefined> {
  if (file === undefined) return undefined;
  const [{ RulesInForce: Rules }, { loadRules }, { problemText }] = await Promise.all([
    import('../rules/rules-in-force.ts'),
    import('../rules/load-rules.ts'),
    import('../rules/yaml-places.ts'),
  ]);
  const loaded = await loadRules(file, { takesFaults });
  if ('problems' in loaded) return { problems: loaded.problems.map((problem) => problemText(file, problem)) };
  return new Rules({ file, takesFaults, ruleSet: loaded.ruleSet, clock, log });
}

function whereItIs({ url }: Gateway, { routes }: GatewayConfig): string {
  const lines = routes.map(({ name, path, isPrefix, host, upstream }) => {
    const where = host === undefined ? url : url.replace(/^(\w+:\/\/).*/, `$1${host.replace('*', 'ANY')}`);
    return `  ${where}${path}${isPrefix ? '...' : ''}  route ${name}, upstream ${upstream}\n`;
  });
  return `ninelives gateway listening on ${url}\n${lines.join('')}`;
}

/** A signal asks for a look at everything that the file refers to; a change of its time alone changes nothing. */
function reloading(file: string, gateway: Gateway, log: Log): (why: 'signal' | 'change') => Promise<void> {
  let seen: string | undefined;
  return async (why) => {
    const text = textOf(file);
    if (why === 'change' && text === seen) return;
    seen = text;
    const loaded = loadGateway(file, process.env);
    if ('mistakes' in loaded) {
      for (const mistake of loaded.mistakes) {
        log.error({ mistake: mistakeLine(file, mistake) }, 'the configuration is as it was: the file cannot be used');
      }
      return;
    }
    try {
      const change = await gateway.reload(loaded.config);
      const said = Object.entries(change).filter(([, names]: readonly [string, readonly string[]]) => names.length > 0);
      log.info(
        Object.fromEntries(said),
        said.length === 0 ? 'the configuration says the same' : 'configuration reloaded',
      );
    } catch (error) {
      if (!(error instanceof ReloadRefused)) throw error;
      log.error({ reason: error.message }, 'the configuration is as it was');
    }
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
