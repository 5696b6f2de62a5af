/** `ninelives forward`: one upstream behind one front. What it may be told, and what that means. */

import { type Command, Option } from 'commander';
import { addCommandGroup } from './command-group.ts';
import { type AuthFlags, addAuthFlags, guardRequestOf } from './auth-flags.ts';
import { type ClusterFlags, addClusterFlags, clusterRequestOf } from './cluster-flags.ts';
import { type FrontFlags, addFrontFlags, frontTuningOf } from './front-flags.ts';
import { type ListenFlags, addListenFlags, listenOptionsOf } from './listen-flags.ts';
import { addOAuthFlags } from './oauth-flags.ts';
import { positive } from './positive.ts';
import type { ForwardRequest } from './run-forward.ts';
import type { ListeningRequest } from './run-listening.ts';
import { type ServerFlags, addServerFlags, serverRequestOf } from './server-flags.ts';
import { type SessionFlags, addSessionFlags, sessionRequestOf } from './session-flags.ts';

/** What does what a command line asks for. */
export interface Runners {
  readonly stdio: (request: ForwardRequest) => Promise<void>;
  readonly listening: (request: ListeningRequest) => Promise<void>;
}

const usageOf = {
  stdio: "'ninelives forward stdio -- COMMAND ARGS'",
  http: "'ninelives forward http -- COMMAND ARGS' or 'ninelives forward http --upstream URL'",
  ws: "'ninelives forward ws -- COMMAND ARGS' or 'ninelives forward ws --upstream URL'",
} as const;

/** Adds `forward` to the program, whose way to fail and to show help its commands take over. */
export function addForward(program: Command, runners: Runners): void {
  const forward = addCommandGroup(program, {
    name: 'forward',
    description: 'put ninelives between clients and one server',
    examples: [
      'ninelives forward stdio -- npx -y @modelcontextprotocol/server-everything',
      'ninelives forward http -- npx -y @modelcontextprotocol/server-everything',
      "ninelives forward stdio --upstream https://example.com/mcp --header 'Authorization: Bearer TOKEN'",
    ],
    usage: usageOf.stdio,
    words: { one: 'front', ask: 'say which front' },
  });
  addStdio(forward, runners);
  addHttp(forward, runners);
  addWebSocket(forward, runners);
}

function frontOf(forward: Command, name: 'stdio' | 'http' | 'ws', description: string): Command {
  return (
    forward
      .command(name)
      .description(description)
      .argument('[command...]', 'the server: -- COMMAND ARGS')
      // What follows the server's command is the server's, also without the dashes.
      .passThroughOptions()
  );
}

function addStdio(forward: Command, runners: Runners): void {
  const command = frontOf(
    forward,
    'stdio',
    'a client on standard input and output, in front of a server that is started as a child process, or that runs already',
  );
  addSessionFlags(addOAuthFlags(addServerFlags(command)))
    .addOption(new Option('--cluster <url>').hideHelp())
    .addHelpText(
      'after',
      `
Examples:
  ninelives forward stdio -- npx -y @modelcontextprotocol/server-everything
  ninelives forward stdio --log-level trace -- node my-server.js 2>trace.log
  ninelives forward stdio --upstream http://127.0.0.1:3001/mcp
  ninelives forward stdio --upstream https://mcp.example.com/mcp

Protocol bytes only on stdout; everything for people on stderr. Exit code: the server's own; 2 for a wrong command line,
126 and 127 when the server cannot be executed or found, 0 after SIGTERM or SIGINT.`,
    )
    .action(async (words: readonly string[], flags: SessionFlags & ServerFlags & ClusterFlags, front: Command) => {
      if (flags.cluster !== undefined) {
        front.error('error: --cluster is for forward http and gateway: on stdio there is one client, and one node');
      }
      const server = serverRequestOf(words, flags, usageOf.stdio, 'login');
      if ('problem' in server) front.error(`error: ${server.problem}`);
      const sessions = await sessionRequestOf(flags);
      if ('problem' in sessions) front.error(`error: ${sessions.problem}`);
      await runners.stdio({ server, ...sessions });
    });
}

interface ListeningFlags extends SessionFlags, ServerFlags, ListenFlags, FrontFlags, AuthFlags, ClusterFlags {
  readonly share: 'isolated' | 'shared';
  readonly sessionsMax?: number;
  readonly sessionIdleMs?: number;
  readonly sessionAgeMs?: number;
}

function addListening(command: Command, kind: 'http' | 'ws'): Command {
  const door = addFrontFlags(addAuthFlags(addListenFlags(command)), kind);
  const server = addServerFlags(door).addOption(
    new Option('--share <how>', 'a server process for each session, or one for all of them')
      .choices(['isolated', 'shared'])
      .default('isolated'),
  );
  return addSessionFlags(addOAuthFlags(server))
    .optionsGroup('Sessions:')
    .option('--sessions-max <n>', 'sessions at once (default: 1000)', positive);
}

const listeningEnd = `
Says on stderr where it listens; /healthz and /readyz stand beside the path. Exit code: 0 after SIGTERM or SIGINT, when what
was under way is done; 2 for a wrong command line, 3 when it cannot listen, 126 and 127 when the server cannot be executed or
found.`;

function addHttp(forward: Command, runners: Runners): void {
  const command = frontOf(
    forward,
    'http',
    'clients on streamable HTTP, each with a session of its own, in front of a server that is started as a child process, or that runs already',
  );
  addClusterFlags(addListening(command, 'http'))
    .optionsGroup('Sessions:')
    .option('--session-idle-ms <n>', 'time after which a session that nobody uses ends (default: 1800000)', positive)
    .option('--session-age-ms <n>', 'time after which every session ends (default: 86400000)', positive)
    .addHelpText(
      'after',
      `
Examples:
  ninelives forward http -- npx -y @modelcontextprotocol/server-everything
  ninelives forward http --listen 127.0.0.1:0 --upstream https://example.com/mcp
  ninelives forward http --listen 0.0.0.0:7400 --allow-host mcp.example.com --tls-cert cert.pem --tls-key key.pem -- node server.js
  ninelives forward http --auth-token-file tokens -- node server.js
  ninelives forward http --listen 0.0.0.0:7400 --allow-host mcp.example.com --cluster nats://10.0.0.5:4222 -- node server.js
${listeningEnd} With --cluster: 6 when the cluster cannot be joined, and 1 when this node may not act any more: start it again.`,
    )
    .action(listeningAction('http', runners));
}

function addWebSocket(forward: Command, runners: Runners): void {
  const command = frontOf(
    forward,
    'ws',
    'clients on WebSocket, each connection a session, in front of a server that is started as a child process, or that runs already',
  );
  addListening(command, 'ws')
    .addHelpText(
      'after',
      `
Examples:
  ninelives forward ws -- npx -y @modelcontextprotocol/server-everything
  ninelives forward ws --listen 127.0.0.1:0 --upstream http://127.0.0.1:3001/mcp
${listeningEnd}`,
    )
    .action(listeningAction('ws', runners));
}

function listeningAction(kind: 'http' | 'ws', runners: Runners) {
  return async (words: readonly string[], flags: ListeningFlags, front: Command): Promise<void> => {
    const server = serverRequestOf(words, flags, usageOf[kind]);
    if ('problem' in server) front.error(`error: ${server.problem}`);
    const shares = flags.share === 'shared';
    if (shares && 'url' in server)
      front.error('error: --share shared is for a command: a server at a URL is shared as it is');
    const auth = guardRequestOf(flags, process.env);
    if ('problem' in auth) front.error(`error: ${auth.problem}`);
    const listen = listenOptionsOf(flags, auth.guard !== undefined);
    if ('problem' in listen) front.error(`error: ${listen.problem}`);
    const cluster = clusterRequestOf(flags);
    if ('problem' in cluster) front.error(`error: ${cluster.problem}`);
    const { clusterRestartable: restartable = false } = flags;
    if (restartable && 'url' in server)
      front.error('error: --cluster-restartable is for a command: a server at a URL is there for every node');
    const sessions = await sessionRequestOf(flags);
    if ('problem' in sessions) front.error(`error: ${sessions.problem}`);
    if (shares && (sessions.profile?.shutdownMethods.length ?? 0) > 0) {
      front.error('error: --share shared: with this profile one client could shut the server down for all others');
    }
    const { sessionsMax, sessionIdleMs, sessionAgeMs } = flags;
    await runners.listening({
      ...sessions,
      kind,
      server,
      shares,
      restartable,
      listen,
      front: frontTuningOf(flags),
      ...(auth.guard === undefined ? {} : { guard: auth.guard }),
      ...(cluster.cluster === undefined ? {} : { cluster: cluster.cluster }),
      limits: { ...sessions.limits, ...(sessionsMax === undefined ? {} : { sessions: sessionsMax }) },
      times: {
        ...sessions.times,
        ...(sessionIdleMs === undefined ? {} : { sessionIdleMs }),
        ...(sessionAgeMs === undefined ? {} : { sessionAgeMs }),
      },
    });
  };
}
